# shellcheck shell=bash
# The Python that tries the program from outside: an environment for each folder of tests/ with a requirements.txt, in
# the target folder, so that nobody's own tools change. Sourced after needs.sh; everything that is fetched is held
# against a hash that the repository names.

# python <name> <arguments>...: the environment's own.
python() {
    PYTHONPATH=$root/tests/outside "$(environment "$1")/bin/python" -B "${@:2}"
}

# ensure_environment <name>: made anew when what it should hold has changed, or its Python.
ensure_environment() {
    local wanted=$root/tests/$1/requirements.txt folder
    folder=$(environment "$1")
    cmp --silent "$wanted" "$folder/installed.txt" && "$folder/bin/python" -m pip --version >/dev/null 2>&1 && return
    rm -rf "$folder"
    python3 -m venv "$folder"
    "$folder/bin/pip" --disable-pip-version-check install --quiet --require-hashes --only-binary :all: \
        --requirement "$wanted" || fail "what tests/$1 needs could not be installed; what pip says of it is above."
    cp "$wanted" "$folder/installed.txt"
}

# The environment that drives Chromium, and in it what judges the pages. npm writes a list of its own last.
ensure_browser_tools() {
    local wanted=$root/tests/browser folder
    ensure_environment browser
    folder=$(environment browser)
    cmp --silent "$wanted/package-lock.json" "$folder/package-lock.json" &&
        [[ -f $folder/node_modules/.package-lock.json ]] && return
    rm -rf "$folder/node_modules"
    cp "$wanted"/package{,-lock}.json "$folder"
    (cd "$folder" && npm ci --ignore-scripts --no-audit --no-fund) ||
        fail 'axe-core could not be fetched; what npm says of it is above.'
}

environment() {
    echo "$(target_folder)/tools/$1"
}
