#!/usr/bin/env bash
# A real Kubernetes on one machine without containers: etcd, kube-apiserver and kube-controller-manager on loopback, as an
# ordinary user; and, as root, nodes that are network namespaces with a real kube-proxy each. `kube-up.sh --help` says how
# to use it. Sourced, it brings its functions and settings and does nothing.
# shellcheck disable=SC2034 # the parts use the settings
set -euo pipefail

usage() {
  cat <<'EOF'
Usage: kube-up.sh COMMAND

  build                  build the binaries from Go modules into the cache (skips what is there)
  up [--no-controllers]  build, then start; prints the line to eval: export KUBECONFIG=… PATH=…
                         --no-controllers leaves kube-controller-manager out: nothing but requests changes objects
  nodes N                root: exactly N nodes, node-1 to node-N, each with a kube-proxy and a Pod echo-I, and the client;
                         what is there stays, what was lost comes back
  client [CMD…]          root: run CMD in the client's namespace, outside of the nodes
  on I CMD…, on pI CMD…  root: run CMD on node I, or in the Pod of node I
  token NAMESPACE SERVICEACCOUNT [SECONDS]
                         prints a token bound to that account
  stop|start|restart|kill|freeze|thaw NAME
                         one process of `status`: etcd, apiserver, proxy-1 … (kill: SIGKILL, freeze: SIGSTOP)
  compact                forget the history before the newest revision of etcd; prints that revision
  status                 the processes and where they listen
  down                   stop the processes, keep the state; nodes lose their namespaces
  wipe                   down, and remove the state directory

Addresses, the same in every bed: node I 172.30.0.(10+I) and fd00:30::(16+I in hexadecimal); its Pod 10.244.I.2 and
fd00:10:244:I::2, port 8080, TCP and UDP (see bed/pod.ts); the client 172.30.0.2 and .3, fd00:30::2 and ::3. Who is in a
namespace reaches the API server by the same kubeconfig. A node sends what it has no route for to the client: an address
on the client's loopback stands for a load balancer outside.

Environment (give the same values on every call):
  KUBE_UP_DIR            state: keys, data, logs          (/tmp/portolan-kube-up)
  KUBE_UP_PORT           first of 4 free loopback ports   (26100); namespaces are named by it
  KUBE_UP_OWNER          a pid: when that process is gone, the bed wipes itself
  KUBE_UP_SERVICE_RANGE  --service-cluster-ip-range       (10.96.0.0/16,fd00:10:96::/112)
  KUBE_UP_CONTROLLERS    --controllers of kube-controller-manager
  KUBE_UP_APISERVER_ARGS, KUBE_UP_CONTROLLER_ARGS, KUBE_UP_PROXY_ARGS
                         more flags, split at blanks
  KUBE_UP_PROXY_MODE     nftables or iptables             (nftables)
  KUBE_UP_PROVIDER_ID    printf format of a node's spec.providerID, of its number (bed:///node-%d)
  PORTOLAN_CACHE         where built binaries are kept    (~/.cache/portolan-testbed)
  KUBE_VERSION, ETCD_VERSION                              (1.36.3, 3.6.8)

Needs openssl and curl, Go for a first build, Node.js 24 for nodes (that of node_modules, else that on PATH). What nodes
need of Debian's packages, it installs. Two directories with two ports run side by side.
EOF
}

KUBE_VERSION=${KUBE_VERSION:-1.36.3}
ETCD_VERSION=${ETCD_VERSION:-3.6.8}
BIN=${PORTOLAN_CACHE:-$HOME/.cache/portolan-testbed}/kube-$KUBE_VERSION
DIR=$(realpath -m "${KUBE_UP_DIR:-/tmp/portolan-kube-up}")
PORT=${KUBE_UP_PORT:-$(cat "$DIR/.kube-up" 2>/dev/null || echo 26100)}
ETCD=http://127.0.0.1:$PORT
PEER=http://127.0.0.1:$((PORT + 1))
API=https://127.0.0.1:$((PORT + 2))
NS=kube-up-$PORT
PROXY_MODE=${KUBE_UP_PROXY_MODE:-nftables}
PROVIDER_ID=${KUBE_UP_PROVIDER_ID:-bed:///node-%d}
SCRIPT=$(realpath "${BASH_SOURCE[0]}")
BED=$(dirname "$SCRIPT")/bed
NODE_JS=$BED/../../../node_modules/.bin/node
[ -x "$NODE_JS" ] || NODE_JS=node

say() { printf 'kube-up: %s\n' "$*" >&2; }
die() { say "$*"; exit 1; }

for part in build process control-plane network nodes; do
  # shellcheck source=/dev/null
  . "$BED/$part.sh"
done

main() {
  [ ! -s "$DIR/.kube-up" ] || [ "$(cat "$DIR/.kube-up")" = "$PORT" ] || die "$DIR belongs to KUBE_UP_PORT=$(cat "$DIR/.kube-up")"
  case ${1:-} in
    build | compact | status | down | wipe) "$1" ;;
    up) up "${2:-}" ;;
    nodes) nodes "${2:?how many}" ;;
    client) client "${@:2}" ;;
    on) case ${2:?I} in p*) exec ip netns exec "$NS-$2" "${@:3}" ;; *) exec ip netns exec "$NS-n$2" "${@:3}" ;; esac ;;
    token) token "${2:?NAMESPACE}" "${3:?SERVICEACCOUNT}" "${4:-}" ;;
    stop) halt "${2:?NAME}" ;;
    start) begin "${2:?NAME}" ;;
    restart) halt "${2:?NAME}"; begin "$2" ;;
    kill) send KILL "${2:?NAME}"; gone "$2" ;;
    freeze) send STOP "${2:?NAME}" ;;
    thaw) send CONT "${2:?NAME}" ;;
    _keep) keep "$2" "$3" ;;
    -h | --help | help) usage ;;
    *) usage >&2; exit 2 ;;
  esac
}

[ "${BASH_SOURCE[0]}" != "$0" ] || main "$@"
