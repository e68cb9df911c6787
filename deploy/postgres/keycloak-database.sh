# Runs once, when the database is made: Keycloak has a role and a database of its own.
psql --quiet --set=ON_ERROR_STOP=1 --username="$POSTGRES_USER" --dbname=postgres \
  --set=password="$(cat /secrets/keycloak-password)" <<'SQL'
create role keycloak login nosuperuser nocreatedb nocreaterole password :'password';
create database keycloak owner keycloak;
revoke connect on database keycloak from public;
SQL
