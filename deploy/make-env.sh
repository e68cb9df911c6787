#!/usr/bin/env bash
# Writes .env for compose.yaml with fresh random secrets; never overwrites one.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
if [[ -e .env ]]; then
  echo '.env is there already; remove it first to make new secrets' >&2
  exit 1
fi
umask 077
cat > .env <<ENV
OWNER_PASSWORD=$(openssl rand -hex 24)
APP_ROLE_PASSWORD=$(openssl rand -hex 24)
MASTER_KEY=$(openssl rand -base64 32)
OIDC_CLIENT_SECRET=$(openssl rand -hex 32)
PROVIDER_COOKIE_KEY=$(openssl rand -hex 32)
BLOB_ACCOUNT_KEY=$(openssl rand -base64 64 | tr -d '\n')
ENV
echo 'Wrote .env. Next: docker compose up --build'
