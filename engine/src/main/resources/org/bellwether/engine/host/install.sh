# What the engine says over SSH, as root, to a machine that is to become a host: `sh -s -- VERB …` with this on standard input.
# Every verb looks first what is there, so that each may be said again.
set -eu
LC_ALL=C
PATH=/usr/sbin:/usr/bin:/sbin:/bin
DEBIAN_FRONTEND=noninteractive
export LC_ALL PATH DEBIAN_FRONTEND

home=/usr/lib/bellwether-agent
archive=/var/tmp/bellwether-agent.tar.gz
config=/etc/bellwether/agent.properties
state=/var/lib/bellwether-agent
qemu_keys=/etc/pki/bellwether-qemu
mark='# Written by Bellwether'

fail() { echo "$*" >&2; exit 1; }

# Findings: bad|what|what to do, or note|…
find_out() { # SECONDS-SINCE-1970 OF THE ENGINE
    [ "$(id -u)" = 0 ] || echo "bad|this session is not root's|Let root in over SSH"
    [ "$(uname -m)" = x86_64 ] || echo "bad|its processor is $(uname -m)|Use a machine of type x86_64"
    grep -qwE 'vmx|svm' /proc/cpuinfo || echo "note|its processor shows no virtualisation, so machines are emulated, slowly|Enable VT-x or AMD-V in its firmware"
    memory=$(sed -n 's/^MemTotal: *\([0-9]*\) kB/\1/p' /proc/meminfo)
    [ "$memory" -ge 900000 ] || echo "bad|it has only $((memory / 1024)) MiB of memory|Give it 1 GiB and more"
    for place in /usr /var; do
        free=$(df -Pk $place | awk 'NR == 2 { print $4 }')
        [ "$free" -ge 300000 ] || echo "bad|$place has only $((free / 1024)) MiB of space left|Make room: 300 MiB and more"
    done
    command -v systemctl >/dev/null && [ -d /run/systemd/system ] || echo "bad|it is not run by systemd|Use a distribution with systemd"
    command -v apt-get >/dev/null || command -v dnf >/dev/null || echo "bad|it has neither apt-get nor dnf|Use Debian, Ubuntu, or a relative of Fedora and Enterprise Linux"
    off=$(($(date +%s) - $1))
    [ $off -ge -60 ] && [ $off -le 60 ] || echo "bad|its clock is $off s off the engine's|Set its clock, best by chrony or systemd-timesyncd: certificates depend on it"
    if ss -Hltn 'sport = :54321' | grep -q . && ! systemctl is-active --quiet bellwether-agent; then
        echo "bad|something listens on its port 54321, which is the agent's|End that program: ss -ltnp 'sport = :54321' names it"
    fi
    getent hosts "$(uname -n)" >/dev/null || echo "note|its own name, $(uname -n), is not known to it|Enter it in DNS or /etc/hosts, and set a name server"
    [ -d /sys/class/net/ovirtmgmt ] || echo "note|it has no bridge ovirtmgmt yet|Set its networks up when it is added"
}

let_in() { # LINE OF authorized_keys
    umask 077
    mkdir -p /root/.ssh
    grep -qxF "$1" /root/.ssh/authorized_keys 2>/dev/null || printf '%s\n' "$1" >>/root/.ssh/authorized_keys
}

# A machine that has just booted renews its packages by itself, and what a broken session began goes on without it.
patiently() { # COMMAND OF apt OR dpkg
    tries=60
    until said=$("$@" 2>&1); do
        tries=$((tries - 1))
        case $said in
        *lock*) [ $tries -gt 0 ] || fail "$* did not get its turn in ten minutes: $said" ;;
        *) fail "$* failed: $said" ;;
        esac
        sleep 10
    done
}

# What a host cannot be without, and then what some of its work needs: what of that is not to be had is told.
packages() {
    if command -v apt-get >/dev/null; then
        must="libvirt-daemon-system libvirt-clients qemu-system-x86 qemu-utils iproute2 bubblewrap"
        wanted="sanlock libvirt-sanlock nfs-common open-iscsi lvm2 glusterfs-client ovmf swtpm swtpm-tools dmidecode nftables fence-agents"
    else
        must="libvirt-daemon-kvm libvirt-client qemu-kvm qemu-img iproute bubblewrap"
        wanted="sanlock libvirt-lock-sanlock nfs-utils iscsi-initiator-utils lvm2 glusterfs-fuse edk2-ovmf swtpm swtpm-tools dmidecode nftables fence-agents-all"
    fi
    # shellcheck disable=SC2086 # names without blanks
    missing=$(not_there $must)
    if [ -n "$missing" ]; then
        fresh
        # shellcheck disable=SC2086
        get $missing || fail "these packages could not be installed: $missing"
    fi
    # shellcheck disable=SC2086
    missing=$(not_there $wanted)
    [ -n "$missing" ] || return 0
    (fresh) 2>/dev/null || true
    # shellcheck disable=SC2086
    get $missing 2>/dev/null || for package in $missing; do
        get "$package" 2>/dev/null || echo "note|the package $package is not to be had there|Install it by hand if the host is to do what it is for"
    done
}

not_there() { # PACKAGES…
    for package in "$@"; do
        if command -v apt-get >/dev/null; then
            [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || echo "$package"
        else
            rpm -q "$package" >/dev/null 2>&1 || echo "$package"
        fi
    done | paste -sd' ' -
}

# The sources' lists as they are now; once.
fresh() {
    [ -z "${renewed:-}" ] || return 0
    renewed=yes
    ! command -v apt-get >/dev/null || patiently apt-get -qq update
}

get() { # PACKAGES…
    if command -v apt-get >/dev/null; then
        apt-get -qq -y -o DPkg::Lock::Timeout=600 --no-install-recommends install "$@" >&2
    else
        dnf -q -y install "$@" >&2
    fi
}

installed() { # SHA-256 OF THE ARCHIVE
    if [ "$(cat $home/archive.sha256 2>/dev/null)" = "$1" ]; then echo yes; else echo no; fi
}

unpack() { # SHA-256 OF THE ARCHIVE
    echo "$1  $archive" | sha256sum --quiet -c - >&2 || fail "what arrived of the agent is not what was sent."
    rm -rf $home.new
    mkdir $home.new
    tar -xzf $archive -C $home.new --strip-components=1
    echo "$1" >$home.new/archive.sha256
    rm -rf $home $archive
    mv $home.new $home
}

configure() { # ADDRESS
    mkdir -p /etc/bellwether /usr/share/cockpit
    # Cockpit, where there is one, or once there is.
    ln -sfn $home/cockpit /usr/share/cockpit/bellwether
    ln -sfn $home/bin/bellwether /usr/local/bin/bellwether
    if [ ! -f $config ]; then
        printf 'state-dir=%s\nlisten-address=0.0.0.0\n' $state >$config.new
        mv $config.new $config
    fi
    cat >/etc/systemd/system/bellwether-agent.service <<-UNIT
	[Unit]
	Description=Bellwether agent
	Wants=network-online.target
	After=network-online.target libvirtd.service virtqemud.service

	[Service]
	ExecStart=$home/jre/bin/java -Xmx96m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 --enable-native-access=ALL-UNNAMED -cp $home/lib/* org.bellwether.agent.AgentMain --config $config
	# What it started for machines lives on without it.
	KillMode=process
	SuccessExitStatus=143
	Restart=always
	RestartSec=2

	[Install]
	WantedBy=multi-user.target
	UNIT
    systemctl daemon-reload
}

enrol() { # TOKEN NAME ADDRESS [AND WHAT ELSE IS TOLD THE ENGINE]
    token=$1 name=$2 address=$3
    shift 3
    $home/jre/bin/java -Xmx96m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 --enable-native-access=ALL-UNNAMED -cp "$home/lib/*" \
        org.bellwether.agent.AgentMain --config $config --enrol "$token" --name "$name" --address "$address" "$@"
}

# What is on storage is 36:36's, wherever it was made. QEMU and sanlock, which are not root, get at it by that group; Debian has
# none of that number.
owners() {
    group=$(getent group 36 | cut -d: -f1)
    if [ -z "$group" ]; then
        group=bw-storage
        groupadd --system --gid 36 $group
    fi
    for user in libvirt-qemu qemu sanlock; do
        if id $user >/dev/null 2>&1 && ! id -G $user | tr ' ' '\n' | grep -qx 36; then
            usermod --append --groups "$group" $user
        fi
    done
    # It has the groups that its user had when it started; some packages start it. Only where it has joined nothing it may be stopped.
    keeper=$(systemctl show --property MainPID --value sanlock.service 2>/dev/null || echo 0)
    if [ "${keeper:-0}" != 0 ] && ! grep '^Groups:' "/proc/$keeper/status" | grep -qw 36 && [ -z "$(sanlock client gets 2>/dev/null)" ]; then
        systemctl restart sanlock.service
    fi
}

# Libvirt takes the leases that a machine asks for, and none for its disks. A machine that runs has none yet and could not be
# paused any more: then this waits for another time.
leases() {
    plugin=$(find /usr/lib /usr/lib64 -path '*libvirt/lock-driver/sanlock.so' 2>/dev/null | head -1)
    if [ -z "$plugin" ] || ! command -v sanlock >/dev/null || grep -q '^lock_manager' /etc/libvirt/qemu.conf || machines; then
        return 0
    fi
    for service in wdmd sanlock; do
        systemctl enable --quiet --now $service.service 2>/dev/null || true
    done
    # With that lock manager libvirt starts no machine at all where sanlock does not run, as without a watchdog.
    if ! sanlock client gets >/dev/null 2>&1; then
        return 0
    fi
    printf '%s: leases are the storage domains'"'"'.\nauto_disk_leases = 0\nrequire_lease_for_disks = 0\n' "$mark" >/etc/libvirt/qemu-sanlock.conf
    printf '%s: machines may have leases.\nlock_manager = "sanlock"\n' "$mark" >>/etc/libvirt/qemu.conf
    systemctl try-restart libvirtd.service virtqemud.service 2>/dev/null || true
}

# Migrations come in over TLS with the agent's certificates. Running machines are not touched by libvirtd's restart.
libvirt() {
    owners
    conf=/etc/libvirt/libvirtd.conf
    socket=libvirtd-tls.socket
    if ! systemctl cat libvirtd.service >/dev/null 2>&1; then
        conf=/etc/libvirt/virtproxyd.conf
        socket=virtproxyd-tls.socket
    fi
    if ! grep -q "^$mark" $conf; then
        printf '%s: migrations use the certificates of the agent.\nca_file = "%s"\ncert_file = "%s"\nkey_file = "%s"\n' \
            "$mark" $state/pki/cacert.pem $state/pki/servercert.pem $state/pki/serverkey.pem >>$conf
    fi
    # QEMU reads them itself when a migration is encrypted, and is not root: the agent copies them to where it can.
    for user in libvirt-qemu qemu; do
        if id $user >/dev/null 2>&1; then
            install -d -m 750 -g "$(id -gn $user)" $qemu_keys
        fi
    done
    if [ -d $qemu_keys ] && ! grep -q "^migrate_tls_x509_cert_dir" /etc/libvirt/qemu.conf; then
        printf '%s: encrypted migrations use the certificates of the agent.\nmigrate_tls_x509_cert_dir = "%s"\nmigrate_tls_x509_verify = 1\n' \
            "$mark" $qemu_keys >>/etc/libvirt/qemu.conf
        systemctl try-restart libvirtd.service virtqemud.service 2>/dev/null || true
    fi
    leases
    service=${socket%-tls.socket}.service
    if systemctl cat $socket >/dev/null 2>&1 && ! systemctl is-active --quiet $socket; then
        systemctl stop $service
        systemctl enable --quiet $socket
        systemctl start $socket
    fi
    systemctl enable --quiet --now ${service%.service}.socket
}

# What could be renewed: agent, or package|name|from|to, or restart.
updates() { # SHA-256 OF THE ENGINE'S ARCHIVE
    [ "$(installed "$1")" = yes ] || echo agent
    if command -v apt-get >/dev/null; then
        patiently apt-get -qq update
        apt-get -qq -s upgrade --with-new-pkgs | sed -n -e 's/^Inst \([^ ]*\) \[\([^]]*\)\] (\([^ ]*\).*/package|\1|\2|\3/p' -e 's/^Inst \([^ ]*\) (\([^ ]*\).*/package|\1||\2/p'
    else
        status=0
        found=$(dnf -q check-update 2>/var/tmp/bellwether-dnf) || status=$?
        # 100: there are some.
        [ $status = 0 ] || [ $status = 100 ] || fail "dnf check-update failed: $(tail -1 /var/tmp/bellwether-dnf)"
        rm -f /var/tmp/bellwether-dnf
        printf '%s\n' "$found" | sed '/^Obsoleting/,$d' | awk 'NF == 3 { print $1, $2 }' | while read -r name to; do
            echo "package|${name%.*}|$(rpm -q --qf '%{EVR}\n' "$name" 2>/dev/null | tail -1 | grep -v ' ' || true)|$to"
        done
    fi
    [ -z "$(restart_wanted)" ] || echo restart
}

# Goes on with what was cut off. Settings that somebody changed stay as they are.
upgrade() {
    if command -v apt-get >/dev/null; then
        patiently dpkg --configure -a
        apt-get -qq -y -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold -o DPkg::Lock::Timeout=600 upgrade --with-new-pkgs >&2 ||
            fail "apt-get could not renew the packages."
    else
        dnf -q -y upgrade >&2 || fail "dnf could not renew the packages."
    fi
}

boot() { cat /proc/sys/kernel/random/boot_id; }

# This boot's number, when something that was renewed comes to effect with another boot only; nothing otherwise.
restart_wanted() {
    newest=$(find /boot -maxdepth 1 -name 'vmlinuz-*' ! -name '*rescue*' 2>/dev/null | sed 's,.*/vmlinuz-,,' | sort -V | tail -1)
    if [ -e /run/reboot-required ]; then
        boot
    elif [ -n "$newest" ] && [ "$newest" != "$(uname -r)" ]; then
        boot
    elif command -v needs-restarting >/dev/null && ! needs-restarting -r >/dev/null 2>&1; then
        boot
    fi
}

machines() {
    for each in /proc/[0-9]*/comm; do
        case $(cat "$each" 2>/dev/null) in qemu-system-*|qemu-kvm) return 0 ;; esac
    done
    return 1
}

# Nothing if it is in another boot already. Refuses while machines run: nobody's is ended for this.
restart() { # THE NUMBER OF THE BOOT TO END
    [ "$(boot)" = "$1" ] || return 0
    patience=600
    while machines; do
        patience=$((patience - 5))
        [ $patience -gt 0 ] || fail "machines still run on it: virsh list names them."
        sleep 5
    done
    # After this session has been answered.
    systemd-run --quiet --on-active=2 systemctl reboot
}

start() {
    systemctl enable --quiet bellwether-agent
    systemctl restart bellwether-agent
    if command -v firewall-cmd >/dev/null && firewall-cmd -q --state 2>/dev/null; then
        for port in 54321/tcp 54322/tcp 9091/tcp 16514/tcp 49152-49215/tcp 5900-6923/tcp; do
            firewall-cmd -q --permanent --add-port=$port
            firewall-cmd -q --add-port=$port
        done
    fi
}

# The keys that this machine's sshd shows, by their fingerprints; nothing where there is no sshd.
ssh_keys() {
    for key in /etc/ssh/ssh_host_*_key.pub; do
        [ ! -f "$key" ] || ssh-keygen -lf "$key" | awk '{ print $2 }'
    done | paste -sd, -
}

ssh_port() {
    found=$(sshd -T 2>/dev/null | awk '$1 == "port" { print $2; exit }')
    echo "${found:-22}"
}

show_found() { # FINDINGS
    printf '%s\n' "$1" | awk -F'|' 'NF == 3 { print ($1 == "bad" ? "In the way: " : "To know: ") $2 ". " $3 "." }'
}

# All of it in one go, on the machine itself.
join() { # WHERE THE AGENT IS, KEY OF THE ENGINE'S CERTIFICATE, SECRET, TOKEN, SHA-256 OF THE ARCHIVE, SECONDS, LINE OF authorized_keys [NAME] [ADDRESS]
    agent_url=$1 pin=$2 secret=$3 token=$4 sum=$5 line=$7
    name=${8:-$(uname -n | cut -d. -f1)}
    found=$(find_out "$6")
    show_found "$found"
    case $found in *'bad|'*) fail "This machine cannot become a host as it is. Nothing was installed; mend that and paste the line again." ;; esac
    engine=${agent_url#https://}
    engine=${engine%%[:/]*}
    there=$(getent ahosts "$engine" | awk 'NR == 1 { print $1 }')
    address=${9:-$(ip -o route get "${there:-$engine}" | sed -n 's/.* src \([^ ]*\).*/\1/p')}
    echo "Installing packages"
    lacking=$(packages)
    show_found "$lacking"
    if [ "$(installed "$sum")" != yes ]; then
        echo "Fetching the agent"
        curl -fsSk --pinnedpubkey "$pin" -H "Authorization: Bearer $secret" -o $archive "$agent_url" || fail "The agent could not be fetched from the engine. Paste the line again; it goes on from there."
        unpack "$sum"
    fi
    echo "Enrolling as $name at $address"
    configure
    keys=$(ssh_keys)
    if [ -n "$keys" ]; then
        enrol "$token" "$name" "$address" --ssh-port "$(ssh_port)" --ssh-keys "$keys"
        # So that it can be upgraded and restarted, as one that was installed over SSH; not where it did not become a host.
        (let_in "$line")
    else
        echo "To know: it has no sshd, so the engine can neither upgrade nor restart it. Install openssh-server and paste a new line."
        enrol "$token" "$name" "$address"
    fi
    libvirt
    start
    echo "This machine is a host now; the engine shows it as $name."
}

verb=$1
shift
case $verb in
find_out | let_in | packages | installed | unpack | configure | enrol | owners | libvirt | start | updates | upgrade | boot | restart_wanted | restart | join)
    "$verb" "$@" </dev/null
    ;;
*) fail "unknown verb $verb" ;;
esac
