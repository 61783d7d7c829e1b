#!/bin/sh
# Makes the two roles and the database, as the embedded server has them: the service's own role owns nothing.
set -e
psql -v ON_ERROR_STOP=1 --username "${POSTGRES_USER:-postgres}" --dbname postgres \
  -v owner_password="$CHORONG_OWNER_PASSWORD" -v app_password="$CHORONG_APP_PASSWORD" <<'SQL'
CREATE ROLE chorong_owner LOGIN PASSWORD :'owner_password';
CREATE ROLE chorong_app LOGIN PASSWORD :'app_password';
CREATE DATABASE chorong OWNER chorong_owner;
REVOKE ALL ON DATABASE chorong FROM PUBLIC;
GRANT CONNECT ON DATABASE chorong TO chorong_app;
SQL
