-- What the platform grants once pgsodium is there.

grant execute on function
    pgsodium.crypto_aead_det_encrypt(bytea, bytea, uuid, bytea),
    pgsodium.crypto_aead_det_decrypt(bytea, bytea, uuid, bytea),
    pgsodium.crypto_aead_det_keygen()
    to service_role;
