create subscription s connection 'host=nowhere dbname=x' publication p, q with (connect = false, slot_name = none, binary = true);
