# shellcheck shell=bash
# Nodes: in the network namespace of each a real kube-proxy, behind it one Pod, and a Node and a Pod in the API. No kubelet:
# whoever wants a Pod not ready or gone says so in the API. Sourced by ../kube-up.sh.

ready_node() { # ADDRESS...: the status of a Node with these internal addresses
  printf '{"status": {"conditions": [{"type": "Ready", "status": "True", "reason": "KubeUp", "message": ""}], "addresses": [%s]}}' \
    "$(printf '{"type": "InternalIP", "address": "%s"},' "$@" | sed 's/,$//')"
}

# Two addresses of one type cannot be applied and not be merged by key: the status goes by merge patch.
node_object() { # I
  local zones=(a b c)
  # shellcheck disable=SC2059 # the format is the setting
  apply "/api/v1/nodes/node-$1" <<EOF
apiVersion: v1
kind: Node
metadata:
  name: node-$1
  labels:
    kubernetes.io/hostname: node-$1
    kubernetes.io/os: linux
    topology.kubernetes.io/region: bed
    topology.kubernetes.io/zone: bed-${zones[($1 - 1) % 3]}
spec: {providerID: "$(printf "$PROVIDER_ID" "$1")", podCIDR: 10.244.$1.0/24, podCIDRs: [10.244.$1.0/24, "fd00:10:244:$1::/64"]}
EOF
  # shellcheck disable=SC2046 # two words
  ready_node $(address_of "$1") | merge "/api/v1/nodes/node-$1/status"
}

pod_object() { # I
  local path=/api/v1/namespaces/default/pods/echo-$1
  # One that was deleted terminates until somebody confirms its end.
  if api GET "$path" 2>/dev/null | grep -q '"deletionTimestamp"'; then api DELETE "$path?gracePeriodSeconds=0" >/dev/null; fi
  apply "$path" <<EOF
apiVersion: v1
kind: Pod
metadata: {name: echo-$1, labels: {app: echo, node: node-$1}}
spec:
  nodeName: node-$1
  automountServiceAccountToken: false
  tolerations: [{operator: Exists}]
  containers: [{name: echo, image: none, ports: [{containerPort: 8080}]}]
EOF
  merge "$path/status" <<EOF
{"status": {"phase": "Running", "podIP": "10.244.$1.2", "podIPs": [{"ip": "10.244.$1.2"}, {"ip": "fd00:10:244:$1::2"}],
 "conditions": [{"type": "Ready", "status": "True"}, {"type": "ContainersReady", "status": "True"}]}}
EOF
}

# A network namespace may not write the conntrack sysctls, so all of them are 0: leave them alone. kube-proxy exits at any
# write to its configuration, so only a changed one is written.
kube_proxy() { # I
  cat >"$DIR/proxy.new" <<EOF
apiVersion: kubeproxy.config.k8s.io/v1alpha1
kind: KubeProxyConfiguration
mode: $PROXY_MODE
hostnameOverride: node-$1
bindAddress: 0.0.0.0
healthzBindAddress: "[::]:10256"
metricsBindAddress: 127.0.0.1:10249
clientConnection: {kubeconfig: $DIR/pki/proxy.kubeconfig}
clusterCIDR: 10.244.0.0/16,fd00:10:244::/48
conntrack: {maxPerCore: 0, min: 0, tcpEstablishedTimeout: 0s, tcpCloseWaitTimeout: 0s, udpTimeout: 0s, udpStreamTimeout: 0s}
nftables: {minSyncPeriod: 100ms}
iptables: {minSyncPeriod: 100ms}
EOF
  if ! cmp -s "$DIR/proxy.new" "$DIR/proxy-$1.yaml"; then
    halt "proxy-$1"
    mv "$DIR/proxy.new" "$DIR/proxy-$1.yaml"
  fi
  # shellcheck disable=SC2086 # extra flags are split on purpose
  spawn "proxy-$1" ip netns exec "$NS-n$1" "$BIN/kube-proxy" --config "$DIR/proxy-$1.yaml" ${KUBE_UP_PROXY_ARGS:-}
}

remove_node() { # I
  forget "proxy-$1" "pod-$1" "relay-n$1"
  api DELETE "/api/v1/nodes/node-$1" >/dev/null 2>&1 || true # may be gone
  api DELETE "/api/v1/namespaces/default/pods/echo-$1?gracePeriodSeconds=0" >/dev/null 2>&1 || true
  remove_network "p$1"
  remove_network "n$1"
}

client() { # CMD...: in the client's namespace, outside of the nodes
  need_bed
  [ -e "/run/netns/$NS-client" ] || client_network
  [ $# -eq 0 ] || exec ip netns exec "$NS-client" "$@"
}

need_bed() {
  [ "$(id -u)" = 0 ] || die "network namespaces need root"
  alive apiserver || die "no bed in $DIR, or its API server does not run: up comes first"
}

nodes() { # COUNT: exactly so many
  local count=$1 i
  if ! [[ $count =~ ^[0-9]+$ ]] || [ "$count" -gt 199 ]; then die "nodes takes a number up to 199"; fi
  need_bed
  need_packages
  for i in $(node_numbers); do [ "$i" -le "$count" ] || remove_node "$i"; done
  client_network
  for ((i = 1; i <= count; i++)); do
    node_network "$i"
    start_relay "n$i"
    node_object "$i"
    pod_object "$i"
    kube_proxy "$i"
    spawn "pod-$i" ip netns exec "$NS-p$i" "$NODE_JS" "$BED/pod.ts" "echo-$i" 8080
  done
  pod_routes "$count"
  for ((i = 1; i <= count; i++)); do
    wait_for "pod-$i" in_namespace "n$i" curl -sf -m 1 "http://10.244.$i.2:8080/"
    wait_for "proxy-$i" in_namespace "n$i" curl -sf -m 2 http://127.0.0.1:10256/livez
  done
}
