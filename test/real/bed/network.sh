# shellcheck shell=bash
# The network of a bed: a namespace for each node and for the Pod behind it, and one for the client, who holds the bridge
# that all nodes are on. Everything here may be run again: what is there stays. Sourced by ../kube-up.sh.

in_namespace() { ip netns exec "$NS-$1" "${@:2}"; } # NAME CMD...

namespace_names() {
  local file
  for file in "/run/netns/$NS"-*; do [ ! -e "$file" ] || echo "${file##*/"$NS-"}"; done
}

node_numbers() { namespace_names | sed -n 's/^n\([0-9]*\)$/\1/p' | sort -n; }

address_of() { echo "172.30.0.$((10 + $1)) fd00:30::$(printf %x $((16 + $1)))"; } # NODE: IPv4 and IPv6

need_packages() { # of Debian, and only where a command is missing
  local command
  for command in ip sysctl nft iptables conntrack; do
    if ! command -v "$command" >/dev/null; then
      say "there is no $command: installing iproute2 procps nftables iptables conntrack"
      local install=(env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300 install -y --no-install-recommends
        iproute2 procps nftables iptables conntrack)
      "${install[@]}" >&2 || { apt-get -qq update >&2 && "${install[@]}" >&2; } ||
        die "nodes need ip, sysctl, nft, iptables and conntrack, and apt-get could not install them"
      return
    fi
  done
}

# Addresses are usable at once: there is nobody they could collide with.
namespace() { # NAME
  [ -e "/run/netns/$NS-$1" ] || ip netns add "$NS-$1"
  in_namespace "$1" sysctl -qw net.ipv6.conf.all.disable_ipv6=0 net.ipv6.conf.all.accept_dad=0 net.ipv6.conf.default.accept_dad=0 \
    net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.default.rp_filter=0
  ip -n "$NS-$1" link set lo up
}

batch() { ip -n "$NS-$1" -batch -; } # NAMESPACE

has_link() { ip -n "$NS-$1" link show "$2" >/dev/null 2>&1; } # NAMESPACE LINK

# The API server listens on loopback outside. A Unix socket, which no network namespace hides, carries it in, to the same
# address and port: one kubeconfig holds everywhere.
start_relay() { # NAMESPACE
  spawn relay "$NODE_JS" "$BED/relay.ts" "$DIR/run/api.sock" "${API##*:}"
  spawn "relay-$1" ip netns exec "$NS-$1" "$NODE_JS" "$BED/relay.ts" "${API##*:}" "$DIR/run/api.sock"
}

client_network() {
  namespace client
  has_link client br0 || ip -n "$NS-client" link add br0 type bridge forward_delay 0 mcast_snooping 0
  batch client <<EOF
link set br0 up
addr replace 172.30.0.2/24 dev br0
addr replace 172.30.0.3/24 dev br0
addr replace fd00:30::2/64 dev br0
addr replace fd00:30::3/64 dev br0 preferred_lft 0
EOF
  start_relay client
}

node_network() { # I
  local v4 v6
  read -r v4 v6 <<<"$(address_of "$1")"
  namespace "n$1"
  namespace "p$1"
  has_link "n$1" eth0 || ip link add eth0 netns "$NS-n$1" type veth peer name "n$1" netns "$NS-client"
  has_link "p$1" eth0 || ip link add eth0 netns "$NS-p$1" type veth peer name pod netns "$NS-n$1"
  in_namespace "n$1" sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
  batch client <<<"link set n$1 master br0 up"
  batch "n$1" <<EOF
link set eth0 up
link set pod up
addr replace $v4/24 dev eth0
addr replace $v6/64 dev eth0
addr replace 10.244.$1.1/24 dev pod
addr replace fd00:10:244:$1::1/64 dev pod
route replace default via 172.30.0.2
route replace default via fd00:30::2
EOF
  batch "p$1" <<EOF
link set eth0 up
addr replace 10.244.$1.2/24 dev eth0
addr replace fd00:10:244:$1::2/64 dev eth0
route replace default via 10.244.$1.1
route replace default via fd00:10:244:$1::1
EOF
}

pod_routes() { # COUNT: from every node and from the client to every Pod
  local from to v4 v6
  for from in client $(seq -f n%g "$1"); do
    for ((to = 1; to <= $1; to++)); do
      read -r v4 v6 <<<"$(address_of "$to")"
      [ "$from" = "n$to" ] || printf 'route replace 10.244.%d.0/24 via %s\nroute replace fd00:10:244:%d::/64 via %s\n' "$to" "$v4" "$to" "$v6"
    done | batch "$from"
  done
}

remove_network() { # NAMESPACE: with whatever still runs in it
  local pids tries=0
  while pids=$(ip netns pids "$NS-$1") && [ -n "$pids" ] && [ "$((tries += 1))" -le 100 ]; do
    # shellcheck disable=SC2086 # one word a process
    kill -KILL $pids 2>/dev/null || true
    sleep 0.02
  done
  ip netns del "$NS-$1"
}

remove_networks() {
  local name
  for name in $(namespace_names); do remove_network "$name"; done
}
