#!/bin/sh
# Prints random keys and passwords for docker-compose.yml: `sh deploy/secrets.sh >> .env`, once. A second run would change what the databases know.
set -eu

random() {
    od -An -N32 -tx1 /dev/urandom | tr -d ' \n'
}

for name in SECRET_KEY SERVICE_TOKEN POSTGRES_PASSWORD REDIS_PASSWORD; do
    echo "$name=$(random)"
done
for service in AUTH NOTIFICATIONS INFERENCE CANDIDATES JOBS BILLING INTERVIEWS; do
    echo "${service}_OWNER_PASSWORD=$(random)"
    echo "${service}_APP_PASSWORD=$(random)"
done
