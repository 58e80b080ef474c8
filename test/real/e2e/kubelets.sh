#!/usr/bin/env bash
# Nodes that run Pods: kubelet, containerd and runc in the namespaces of the nodes that ../kube-up.sh makes, and
# kube-scheduler and the workload controllers beside. Enough for Kubernetes' own tests of type LoadBalancer. Linux, root.
set -euo pipefail

usage() {
  cat <<'EOF'
Usage: kubelets.sh COMMAND

  build        build what kube-up.sh builds, and kubelet, kube-scheduler, agnhost, e2e.test, containerd and two images
  up COUNT     build, then start a bed with COUNT nodes that run Pods, once; wipe comes before another COUNT
  anything else goes to kube-up.sh, with the same environment: client, on, status, wipe …

Environment: that of kube-up.sh. Nodes have an IPv4 address only: a test asks every address of a node for the health
check port of an IPv4 Service, and kube-proxy opens that port in the Service's own family.
EOF
}

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
export KUBE_UP_CONTROLLERS=serviceaccount-controller,serviceaccount-token-controller,namespace-controller,endpoints-controller,endpointslice-controller,endpointslice-mirroring-controller,garbage-collector-controller,service-cidr-controller,root-ca-certificate-publisher-controller,deployment-controller,replicaset-controller,replicationcontroller-controller,daemonset-controller,job-controller,pod-garbage-collector-controller,node-lifecycle-controller,taint-eviction-controller
# shellcheck source=../kube-up.sh
. "$here/../kube-up.sh"
# shellcheck source=build.sh
. "$here/build.sh"
# shellcheck source=node.sh
. "$here/node.sh"

DNS=172.30.0.3 # an address of the client

# The API server asks kubelets for logs and commands in Pods. It stands outside of their network, and is led in.
kubelet_door() {
  cat >"$DIR/egress.yaml" <<EOF
apiVersion: apiserver.k8s.io/v1beta1
kind: EgressSelectorConfiguration
egressSelections: [{name: cluster, connection: {proxyProtocol: HTTPConnect, transport: {uds: {udsName: $DIR/run/egress.sock}}}}]
EOF
  KUBE_UP_APISERVER_ARGS="${KUBE_UP_APISERVER_ARGS:-} --egress-selector-config-file=$DIR/egress.yaml"
  KUBE_UP_APISERVER_ARGS+=" --kubelet-preferred-address-types=InternalIP --allow-privileged"
}

start() { # COUNT
  local i
  e2e_build
  mkdir -p "$DIR/run"
  kubelet_door
  up
  nodes "$1"
  spawn egress ip netns exec "$NS-client" "$NODE_JS" "$here/egress.ts" "$DIR/run/egress.sock"
  spawn dns ip netns exec "$NS-client" env "NODE_EXTRA_CA_CERTS=$DIR/pki/ca.crt" "$NODE_JS" "$here/dns.ts" "$DNS" "$API" "$DIR/pki/admin"
  spawn scheduler "$BIN/kube-scheduler" --kubeconfig "$DIR/kubeconfig" --leader-elect=false --secure-port 0
  for ((i = 1; i <= $1; i++)); do
    # A kubelet would start the Pod that stands for a backend where there is none.
    api DELETE "/api/v1/namespaces/default/pods/echo-$i?gracePeriodSeconds=0" >/dev/null
    node_files "$i"
    spawn "node-$i" nsenter "--net=/run/netns/$NS-n$i" "$BASH" "$here/kubelets.sh" _node "$i"
  done
  for ((i = 1; i <= $1; i++)); do wait_for "node-$i" node_ready "$i"; done
}

case ${1:-} in
  build) e2e_build ;;
  up) start "${2:?COUNT}" ;;
  _node) node "$2" ;;
  _inside) node_inside "$2" ;;
  -h | --help | help) usage ;;
  '') usage >&2; exit 2 ;;
  *) PATH=$BIN:$PATH exec "$here/../kube-up.sh" "$@" ;; # `client kubectl` and `client e2e.test` find theirs
esac
