-- case: the anonymous key is public
select 'eyJhbGciOiJIUzI1NiJ9.eyJyb2xlIjoiYW5vbiIsImlzcyI6InN1cGFiYXNlIn0.bm90IGEgcmVhbCBzaWduYXR1cmU';

-- case: in a comment
-- finds: error 0.sql
-- eyJhbGciOiJIUzI1NiJ9.eyJyb2xlIjoic2VydmljZV9yb2xlIn0.bm90IGEgcmVhbCBzaWduYXR1cmU
select 1;

-- case: a placeholder
select 'postgres://user:your-password-here@example.org/db';
