#!/usr/bin/env bash
# A shop's first inspection over the JSON API, from signing up to the customer's STOP, against a running server:
#
#     examples/first-inspection.sh [http://127.0.0.1:8080]
#
# It signs up a shop of its own and leaves every other one alone. Ids are chosen here, so nothing has to be read out of
# the answers but the two tokens and the report's address. It stops at the first step that is not answered as expected.
set -euo pipefail

server=${1:-http://127.0.0.1:8080}
answer=$(mktemp)
trap 'rm -f "$answer"' EXIT

new_id() { cat /proc/sys/kernel/random/uuid; }
# The first value of a member in the last answer.
member() { grep -o "\"$1\":\"[^\"]*\"" "$answer" | head -n 1 | cut -d '"' -f 4; }

# ask STATUS TOKEN METHOD PATH [JSON]: asks the API and expects this status.
ask() {
  local expected=$1 token=$2 method=$3 path=$4
  local options=(--silent --show-error --output "$answer" --write-out '%{http_code}' --request "$method")
  [ -z "$token" ] || options+=(--header "Authorization: Bearer $token")
  [ $# -lt 5 ] || options+=(--header 'Content-Type: application/json' --data "$5")
  local status
  status=$(curl "${options[@]}" "$server/api/v1$path")
  printf '%-6s %-60s %s\n' "$method" "$path" "$status"
  if [ "$status" != "$expected" ]; then
    printf 'expected %s, was answered:\n' "$expected" >&2
    cat "$answer" >&2
    exit 1
  fi
}

number=$((RANDOM % 9000 + 1000))
phone="+1415555$number"
manager_email="manager$number-$$@corner.example"
mechanic_email="mechanic$number-$$@corner.example"
password='correct horse battery staple'
mechanic=$(new_id) customer=$(new_id) vehicle=$(new_id) inspection=$(new_id) text=$(new_id)

echo '# A shop signs up and adds a mechanic.'
ask 201 '' POST /shops "{\"shop\":{\"name\":\"Corner Garage\",\"phone\":\"(415) 555-0100\"},
  \"user\":{\"email\":\"$manager_email\",\"password\":\"$password\",\"first_name\":\"Ana\",\"last_name\":\"Ruiz\"}}"
manager=$(member token)
ask 201 "$manager" POST /users "{\"id\":\"$mechanic\",\"email\":\"$mechanic_email\",\"password\":\"$password\",
  \"role\":\"mechanic\",\"first_name\":\"Tomasz\"}"
ask 201 '' POST /sessions "{\"email\":\"$mechanic_email\",\"password\":\"$password\"}"
hands=$(member token)

echo '# A customer brings a car.'
ask 201 "$manager" POST /customers "{\"id\":\"$customer\",\"first_name\":\"Ruth\",\"last_name\":\"Abel\",\"phone\":\"$phone\"}"
ask 201 "$manager" POST "/customers/$customer/vehicles" "{\"id\":\"$vehicle\",\"year\":2018,\"make\":\"Honda\",
  \"model\":\"Civic\",\"license_plate\":\"7ABC123\",\"vin\":\"1HGCM82633A004352\"}"
ask 201 "$manager" POST /inspections "{\"id\":\"$inspection\",\"vehicle_id\":\"$vehicle\",\"odometer_reading\":48210,
  \"customer_concerns\":[\"Squeals when braking\"]}"
ask 200 "$manager" POST "/inspections/$inspection/assign" "{\"user_id\":\"$mechanic\"}"

echo '# The mechanic walks around it.'
ask 200 "$hands" POST "/inspections/$inspection/start"
ask 409 "$hands" POST "/inspections/$inspection/complete"
# Everything that is missing, green; then what was found.
greens=$(grep -o '{"category":"[^"]*","component":"[^"]*","needs":"rating"}' "$answer" \
  | sed 's/"needs":"rating"/"severity":"green"/' | paste -sd, -)
ask 200 "$hands" PUT "/inspections/$inspection/items" "[$greens]"
ask 200 "$hands" PUT "/inspections/$inspection/items" '[
  {"category":"brakes","component":"front_pads_left","measurement":2.5,"notes":"Worn out, scoring the rotor"},
  {"category":"filters_ignition","component":"cabin_filter","severity":"yellow","notes":"Clogged with leaves"}]'
ask 200 "$hands" POST "/inspections/$inspection/complete"

echo '# The manager sends the report; the same message id never texts twice.'
ask 200 "$manager" POST "/inspections/$inspection/send" "{\"id\":\"$text\"}"
ask 200 "$manager" POST "/inspections/$inspection/send" "{\"id\":\"$text\"}"

echo '# The text arrives on the customer'"'"'s phone, and its link opens.'
link=
for _ in $(seq 50); do
  ask 200 "$manager" GET "/sandbox/messages?phone=%2B${phone#+}" >/dev/null
  link=$(grep -o 'https\?://[^ "]*/r/[A-Za-z0-9]*' "$answer" | head -n 1 || true)
  [ -z "$link" ] || break
  sleep 0.1
done
[ -n "$link" ] || { echo 'no text arrived' >&2; exit 1; }
member content
curl --silent --show-error --fail "$link" | grep -o '<h1>[^<]*</h1>'

echo '# STOP is obeyed.'
ask 201 "$manager" POST /sandbox/messages "{\"from\":\"$phone\",\"content\":\"STOP\"}"
ask 409 "$manager" POST "/inspections/$inspection/send" "{\"id\":\"$(new_id)\"}"
member type
ask 200 "$manager" GET /conversations
echo 'Done.'
