# Shared by run and full: steps with a name and a duration, what they need, Maven, and the JDKs of this machine.
# shellcheck shell=bash
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# step NAME COMMAND…  runs it; the first one that fails ends everything.
step() {
    local name=$1 began=$SECONDS status=0
    shift
    printf '\n== %s\n' "$name"
    set +e
    (
        set -e
        "$@" </dev/null
    )
    status=$?
    set -e
    if [ "$status" -ne 0 ]; then
        printf '== %s: FAILED with status %d after %d s\n' "$name" "$status" $((SECONDS - began))
        exit 1
    fi
    printf '== %s: done in %d s\n' "$name" $((SECONDS - began))
}

skip() {
    printf '\n== %s: skipped, %s\n' "$1" "$2"
}

# install_missing  asks Debian for the programs that are not there; root may, others are told what is not tried.
install_missing() {
    local missing=() program package
    while read -r package program; do
        eval "$program" </dev/null >/dev/null 2>&1 || missing+=("$package")
    done <<'EOF'
maven                 command -v mvn
openjdk-17-jdk-headless newest_jdk 17 17
git                   command -v git
openssl               command -v openssl
curl                  command -v curl
fetchmail             command -v fetchmail
mpop                  command -v mpop
getmail6              command -v getmail
mutt                  command -v mutt
ruby                  ruby -rnet/pop -ropenssl -e 0
perl                  perl -MNet::POP3 -e 0
libio-socket-ssl-perl perl -MIO::Socket::SSL -e 0
python3               command -v python3
dovecot-core          command -v doveadm
netcat-openbsd        command -v nc
haproxy               command -v haproxy
sslscan               command -v sslscan
testssl.sh            command -v testssl
postgresql            ls /usr/lib/postgresql/*/bin/postgres
mariadb-server        command -v mariadbd
galera-4              ls /usr/lib/galera/libgalera_smm.so
rsync                 command -v rsync
dovecot-pop3d         command -v dovecot
dovecot-imapd         test -x /usr/lib/dovecot/imap
strace                command -v strace
EOF
    if [ ${#missing[@]} -eq 0 ]; then
        echo 'nothing is missing'
    elif [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
        echo "not here, and only root can install it with apt-get: ${missing[*]}"
    else
        echo "installing ${missing[*]}"
        export DEBIAN_FRONTEND=noninteractive
        timeout 120 apt-get update >/dev/null
        # The proofs start servers by themselves; those that packages would start are not wanted.
        RUNLEVEL=1 timeout 480 apt-get install -y --no-install-recommends "${missing[@]}" >/dev/null
    fi
}

# newest_jdk FROM TO  prints the home of the newest JDK of these versions; fails if there is none.
newest_jdk() {
    local home newest=0 found= version
    for home in "${JAVA_HOME:-}" "$(dirname "$(dirname "$(readlink -f "$(type -P javac)")")")" /usr/lib/jvm/*; do
        [ -x "$home/bin/javac" ] && [ -r "$home/release" ] || continue
        version=$(sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$home/release")
        if [ "${version:-0}" -ge "$1" ] && [ "$version" -le "$2" ] && [ "$version" -gt "$newest" ]; then
            newest=$version found=$home
        fi
    done
    [ -n "$found" ] && echo "$found"
}

version_of() {
    sed -n 's/^JAVA_VERSION="\(.*\)"/\1/p' "$1/release"
}

# side_by_side LANE LANE…  runs the commands at the same time; what each printed is shown whole when all before it have ended.
side_by_side() {
    local lane logs=() lanes=() i status=0
    for lane in "$@"; do
        logs+=("$(mktemp)")
        # shellcheck disable=SC2086
        ($lane) >"${logs[-1]}" 2>&1 &
        lanes+=($!)
    done
    for i in "${!lanes[@]}"; do
        wait "${lanes[i]}" || status=1
        cat "${logs[i]}"
        rm -f "${logs[i]}"
    done
    [ "$status" -eq 0 ] || exit 1
}

# maven JDK ARGUMENTS…  builds a module on each core; shows the modules, Surefire's closing lines, warnings and errors, and
# much more if it fails.
maven() {
    local jdk=$1 log program
    shift
    program=$(type -P mvn || echo ./mvnw)
    log=$(mktemp)
    if ! JAVA_HOME=$jdk "$program" -B -ntp -T 1C -Dstyle.color=never "$@" 2>&1 | tee "$log" |
        grep --line-buffered -E '^\[INFO\] (Building .*]$|BUILD)|Tests run: .* Skipped: [0-9]+$|^\[(WARNING|ERROR)]'; then
        echo "the end of what Maven said:"
        tail -n 200 "$log"
        rm -f "$log"
        return 1
    fi
    rm -f "$log"
}

# testkit_on_junit JDK VERSION TESTS  runs tests of the kit with another JUnit than that it was compiled for.
testkit_on_junit() {
    maven "$1" -pl pop3-protocol,pop3-store-spi,pop3-server,pop3-testkit test -Djunit.version="$2" -Dtest="$3" \
        -Dmaven.main.skip=true -Djacoco.skip=true -Dsurefire.failIfNoSpecifiedTests=false
}
