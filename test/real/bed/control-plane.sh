# shellcheck shell=bash
# etcd, kube-apiserver and kube-controller-manager on loopback. Sourced by ../kube-up.sh.

secret() { [ -s "$DIR/pki/$1" ] || openssl rand -hex 20 >"$DIR/pki/$1"; cat "$DIR/pki/$1"; }

kubeconfig() { # TOKEN
  cat <<EOF
apiVersion: v1
kind: Config
current-context: kube-up
clusters: [{name: kube-up, cluster: {server: "$API", certificate-authority-data: $(base64 -w0 <"$DIR/pki/ca.crt")}}]
users: [{name: kube-up, user: {token: "$1"}}]
contexts: [{name: kube-up, context: {cluster: kube-up, user: kube-up, namespace: default}}]
EOF
}

pki() {
  umask 077
  if [ ! -s "$DIR/pki/ca.crt" ]; then # the serving certificate is its own CA
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 3650 -subj /CN=kube-up \
      -keyout "$DIR/pki/ca.key" -out "$DIR/pki/ca.crt" -addext 'subjectAltName=IP:127.0.0.1,DNS:localhost' 2>/dev/null
    openssl ecparam -name prime256v1 -genkey -noout -out "$DIR/pki/sa.key"
    openssl ec -in "$DIR/pki/sa.key" -pubout -out "$DIR/pki/sa.pub" 2>/dev/null
  fi
  printf '%s,%s,%s,"%s"\n' "$(secret admin)" admin admin system:masters \
    "$(secret controllers)" system:kube-controller-manager controllers '' \
    "$(secret proxy)" system:kube-proxy proxy '' >"$DIR/pki/tokens.csv"
  kubeconfig "$(secret admin)" >"$DIR/kubeconfig"
  kubeconfig "$(secret controllers)" >"$DIR/pki/controllers.kubeconfig"
  kubeconfig "$(secret proxy)" >"$DIR/pki/proxy.kubeconfig"
}

api() { # METHOD PATH [CONTENT-TYPE]: a request as admin, with a type also what stands on stdin
  local body=()
  [ -z "${3:-}" ] || body=(-H "Content-Type: $3" --data-binary @-)
  curl -sS --fail-with-body -m 30 --cacert "$DIR/pki/ca.crt" -H "Authorization: Bearer $(cat "$DIR/pki/admin")" \
    -X "$1" "${body[@]}" "$API$2"
}

apply() { api PATCH "$1?fieldManager=kube-up&force=true" application/apply-patch+yaml >/dev/null; } # PATH
merge() { api PATCH "$1" application/merge-patch+json >/dev/null; } # PATH

start_etcd() {
  spawn etcd "$BIN/etcd" --name kube-up --data-dir "$DIR/etcd" --unsafe-no-fsync --log-level warn \
    --listen-client-urls "$ETCD" --advertise-client-urls "$ETCD" \
    --listen-peer-urls "$PEER" --initial-advertise-peer-urls "$PEER" --initial-cluster "kube-up=$PEER"
}

# A loopback address may not be an endpoint, so the "kubernetes" Service gets none. TaintNodesByCondition would taint each
# new Node not-ready until a node-lifecycle-controller lifts it, and none runs here.
start_apiserver() {
  # shellcheck disable=SC2086 # extra flags are split on purpose
  spawn apiserver "$BIN/kube-apiserver" --etcd-servers "$ETCD" \
    --bind-address 127.0.0.1 --secure-port "${API##*:}" --advertise-address 192.0.2.1 --endpoint-reconciler-type none \
    --tls-cert-file "$DIR/pki/ca.crt" --tls-private-key-file "$DIR/pki/ca.key" \
    --token-auth-file "$DIR/pki/tokens.csv" --authorization-mode RBAC --disable-admission-plugins TaintNodesByCondition \
    --service-account-issuer https://kubernetes.default.svc --service-account-key-file "$DIR/pki/sa.pub" \
    --service-account-signing-key-file "$DIR/pki/sa.key" --profiling=false \
    --service-cluster-ip-range "${KUBE_UP_SERVICE_RANGE:-10.96.0.0/16,fd00:10:96::/112}" ${KUBE_UP_APISERVER_ARGS:-}
  wait_for apiserver api GET /readyz
}

CONTROLLERS=${KUBE_UP_CONTROLLERS:-serviceaccount-controller,serviceaccount-token-controller,namespace-controller,endpoints-controller,endpointslice-controller,endpointslice-mirroring-controller,garbage-collector-controller,service-cidr-controller,root-ca-certificate-publisher-controller}

# Those controllers that matter without kubelets. No node-lifecycle: hand-made Nodes stay Ready without heartbeats.
start_controllers() {
  # shellcheck disable=SC2086
  spawn controller-manager "$BIN/kube-controller-manager" --kubeconfig "$DIR/pki/controllers.kubeconfig" \
    --authentication-kubeconfig "$DIR/pki/controllers.kubeconfig" --authorization-kubeconfig "$DIR/pki/controllers.kubeconfig" \
    --bind-address 127.0.0.1 --secure-port $((PORT + 3)) --cert-dir "$DIR/pki" --leader-elect=false \
    --use-service-account-credentials --service-account-private-key-file "$DIR/pki/sa.key" --root-ca-file "$DIR/pki/ca.crt" \
    --controllers "$CONTROLLERS" ${KUBE_UP_CONTROLLER_ARGS:-}
  wait_for controller-manager api GET /api/v1/namespaces/default/serviceaccounts/default
}

up() { # [--no-controllers]
  case ${1:-} in '' | --no-controllers) ;; *) die "up knows --no-controllers only, not $1" ;; esac
  build
  if ! alive etcd && (exec 3<>"/dev/tcp/127.0.0.1/$PORT") 2>/dev/null; then die "port $PORT is taken, set KUBE_UP_PORT"; fi
  mkdir -p "$DIR"/{run,log,pki}
  echo "$PORT" >"$DIR/.kube-up"
  [ -z "${KUBE_UP_OWNER:-}" ] || start_keeper "$KUBE_UP_OWNER"
  (pki)
  start_etcd
  start_apiserver
  [ "${1:-}" = --no-controllers ] || start_controllers
  echo "export KUBECONFIG=$DIR/kubeconfig PATH=$BIN:\$PATH"
}

begin() { # NAME: launches a stopped process and waits until it serves
  launch "$1"
  [ "$1" != apiserver ] || wait_for apiserver api GET /readyz
}

compact() { # through etcd's JSON gateway, which makes etcdctl unnecessary
  local revision
  revision=$(curl -sSf "$ETCD/v3/kv/range" -d '{"key":"AA==","limit":"1"}' | sed -n 's/.*"revision":"\([0-9]*\)".*/\1/p')
  curl -sSf "$ETCD/v3/kv/compaction" -d "{\"revision\":\"$revision\",\"physical\":true}" >/dev/null
  echo "$revision"
}

token() { # NAMESPACE SERVICEACCOUNT [SECONDS]
  api POST "/api/v1/namespaces/$1/serviceaccounts/$2/token" application/json \
    <<<"{\"apiVersion\":\"authentication.k8s.io/v1\",\"kind\":\"TokenRequest\",\"spec\":{\"expirationSeconds\":${3:-3600}}}" |
    sed -n 's/.*"token": *"\([^"]*\)".*/\1/p'
}

status() {
  local name
  for name in $(process_names); do
    if alive "$name"; then echo "$name runs, pid $(pid_of "$name")"; else echo "$name is stopped"; fi
  done
  [ ! -e "$DIR/kubeconfig" ] || echo "$API, KUBECONFIG=$DIR/kubeconfig"
}

# What asks the API server ends before it does, and etcd last.
down() {
  local name others=()
  for name in $(process_names); do
    case $name in apiserver | etcd | keeper) ;; *) others+=("$name") ;; esac
  done
  forget "${others[@]}"
  remove_networks
  forget apiserver
  forget etcd
}

wipe() {
  if [ -e "$DIR/.kube-up" ]; then
    down
    forget keeper # last: until here it would try again what fails
    rm -rf "$DIR"
  elif [ -e "$DIR" ]; then
    rmdir "$DIR" || die "$DIR was not made by this script"
  fi
}
