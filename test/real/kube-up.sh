#!/usr/bin/env bash
# A real Kubernetes control plane on loopback, as an ordinary user, without containers: etcd and kube-apiserver, and
# kube-controller-manager unless it is left out. `kube-up.sh --help` says how to use it.
set -euo pipefail

usage() {
  cat <<'EOF'
Usage: kube-up.sh COMMAND

  build                  build the binaries from Go modules into the cache (skips what is there)
  up [--no-controllers]  build, then start; prints the line to eval: export KUBECONFIG=… PATH=…
                         --no-controllers leaves kube-controller-manager out: nothing but requests changes objects
  stop|start|restart|kill|freeze|thaw NAME
                         one process: etcd, apiserver or controller-manager (kill: SIGKILL, freeze: SIGSTOP)
  compact                forget the history before the newest revision of etcd; prints that revision
  status                 the processes and where they listen
  down                   stop the processes, keep the state
  wipe                   down, and remove the state directory

Environment (give the same values on every call):
  KUBE_UP_DIR            state: keys, data, logs          (/tmp/portolan-kube-up)
  KUBE_UP_PORT           first of 4 free loopback ports   (26100)
  KUBE_UP_SERVICE_RANGE  --service-cluster-ip-range       (10.96.0.0/16,fd00:10:96::/112)
  KUBE_UP_APISERVER_ARGS, KUBE_UP_CONTROLLER_ARGS         more flags, split at blanks
  PORTOLAN_CACHE         where built binaries are kept    (~/.cache/portolan-testbed)
  KUBE_VERSION, ETCD_VERSION                              (1.36.3, 3.6.8)

Needs Go for a first build, openssl and curl. Two directories with two ports run side by side.
EOF
}

KUBE_VERSION=${KUBE_VERSION:-1.36.3}
ETCD_VERSION=${ETCD_VERSION:-3.6.8}
BIN=${PORTOLAN_CACHE:-$HOME/.cache/portolan-testbed}/kube-$KUBE_VERSION
DIR=$(realpath -m "${KUBE_UP_DIR:-/tmp/portolan-kube-up}")
PORT=${KUBE_UP_PORT:-26100}
ETCD=http://127.0.0.1:$PORT
PEER=http://127.0.0.1:$((PORT + 1))
API=https://127.0.0.1:$((PORT + 2))

say() { printf 'kube-up: %s\n' "$*" >&2; }
die() { say "$*"; exit 1; }

# ---------------------------------------------------------------- build

# k8s.io/kubernetes asks for its staged modules at v0.0.0 and replaces them by folders of its own repository. A dependent
# does not inherit that, so each is replaced by the module published with the same release (1.36.3 -> v0.36.3).
kube_module() {
  local mod
  mod=$(go mod download -json "k8s.io/kubernetes@v$KUBE_VERSION" | sed -n 's/.*"GoMod": "\(.*\)".*/\1/p')
  printf 'module kubeup/kube\n\n%s\n\nrequire k8s.io/kubernetes v%s\n\nreplace (\n' "$(grep '^go ' "$mod")" "$KUBE_VERSION"
  sed -n "s#^\s*\(k8s.io/[a-z-]*\) => ./staging/.*#\t\1 => \1 v0.${KUBE_VERSION#1.}#p" "$mod"
  echo ')'
}

# A module of its own, because `go install` refuses a module whose go.mod holds replace directives.
etcd_module() { printf 'module kubeup/etcd\n\ngo 1.24\n\nrequire go.etcd.io/etcd/server/v3 v%s\n' "$ETCD_VERSION"; }

build_one() { # NAME
  local package=k8s.io/kubernetes/cmd/$1 source=kube minor=${KUBE_VERSION#1.} flags=(-s -w) fact
  if [ "$1" = etcd ]; then package=go.etcd.io/etcd/server/v3 source=etcd; fi
  for fact in "gitVersion=v$KUBE_VERSION" gitMajor=1 "gitMinor=${minor%%.*}" gitTreeState=clean; do
    flags+=(-X "k8s.io/component-base/version.$fact" -X "k8s.io/client-go/pkg/version.$fact")
  done
  mkdir -p "$BIN/src/$source"
  [ -e "$BIN/src/$source/go.mod" ] || "${source}_module" >"$BIN/src/$source/go.mod"
  say "building $1 into $BIN"
  (cd "$BIN/src/$source" && CGO_ENABLED=0 go build -mod=mod -trimpath -ldflags "${flags[*]}" -o "$BIN/$1.new" "$package")
  mv "$BIN/$1.new" "$BIN/$1"
}

build() {
  local name
  for name in etcd kube-apiserver kube-controller-manager kubectl; do
    [ -x "$BIN/$name" ] && continue
    command -v go >/dev/null || die "no $name in $BIN, and building it needs Go on PATH"
    build_one "$name"
  done
}

# ---------------------------------------------------------------- processes

# A process is known by its pid together with its start time, so that a pid handed out again is never touched.
start_time() { # PID
  local line fields
  read -r line 2>/dev/null <"/proc/$1/stat" || return 1
  read -ra fields <<<"${line##*) }"
  [ "${fields[0]}" != Z ] && echo "${fields[19]}"
}

alive() { # NAME
  local pid born
  read -r pid born 2>/dev/null <"$DIR/run/$1.pid" && [ "$(start_time "$pid")" = "$born" ]
}

pid_of() { local pid _; read -r pid _ <"$DIR/run/$1.pid" && echo "$pid"; }

launch() { # NAME: runs its recorded command line
  alive "$1" && return 0
  [ -e "$DIR/run/$1.cmd" ] || die "no process $1 here"
  eval "setsid $(cat "$DIR/run/$1.cmd") </dev/null >>'$DIR/log/$1.log' 2>&1 &"
  local pid=$! born
  born=$(start_time "$pid") || die "$1 did not start, see $DIR/log/$1.log"
  echo "$pid $born" >"$DIR/run/$1.pid"
}

spawn() { local name=$1; shift; printf '%q ' "$@" >"$DIR/run/$name.cmd"; launch "$name"; }

send() { alive "$2" || die "$2 does not run"; kill "-$1" "$(pid_of "$2")"; } # SIGNAL NAME

halt() { # NAME: TERM, after 5 s KILL
  local tries=0
  if alive "$1"; then
    kill -CONT "$(pid_of "$1")"
    kill "$(pid_of "$1")" || true
  fi
  while alive "$1"; do
    tries=$((tries + 1))
    [ "$tries" -le 100 ] || kill -KILL "$(pid_of "$1")"
    sleep 0.05
  done
  rm -f "$DIR/run/$1.pid"
}

wait_for() { # NAME CMD...: until CMD succeeds, at most 60 s, and only while NAME lives
  local name=$1 end=$((SECONDS + 60)); shift
  until "$@" >/dev/null 2>&1; do
    if ! alive "$name" || [ "$SECONDS" -ge "$end" ]; then die "$name did not come up, see $DIR/log/$name.log"; fi
    sleep 0.05
  done
}

begin() { # NAME: launches a stopped process and waits until it serves
  launch "$1"
  [ "$1" != apiserver ] || wait_for apiserver api GET /readyz
}

# ---------------------------------------------------------------- control plane

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
    "$(secret controllers)" system:kube-controller-manager controllers '' >"$DIR/pki/tokens.csv"
  kubeconfig "$(secret admin)" >"$DIR/kubeconfig"
  kubeconfig "$(secret controllers)" >"$DIR/pki/controllers.kubeconfig"
}

api() { # METHOD PATH: a request as admin
  curl -sS --fail-with-body -m 30 --cacert "$DIR/pki/ca.crt" -H "Authorization: Bearer $(cat "$DIR/pki/admin")" -X "$1" "$API$2"
}

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

# Those controllers that matter without nodes and Pods. No node-lifecycle: hand-made Nodes stay Ready without heartbeats.
start_controllers() {
  # shellcheck disable=SC2086
  spawn controller-manager "$BIN/kube-controller-manager" --kubeconfig "$DIR/pki/controllers.kubeconfig" \
    --authentication-kubeconfig "$DIR/pki/controllers.kubeconfig" --authorization-kubeconfig "$DIR/pki/controllers.kubeconfig" \
    --bind-address 127.0.0.1 --secure-port $((PORT + 3)) --cert-dir "$DIR/pki" --leader-elect=false \
    --use-service-account-credentials --service-account-private-key-file "$DIR/pki/sa.key" --root-ca-file "$DIR/pki/ca.crt" \
    --controllers serviceaccount-controller,serviceaccount-token-controller,namespace-controller,endpoints-controller,endpointslice-controller,endpointslice-mirroring-controller,garbage-collector-controller,service-cidr-controller,root-ca-certificate-publisher-controller \
    ${KUBE_UP_CONTROLLER_ARGS:-}
  wait_for controller-manager api GET /api/v1/namespaces/default/serviceaccounts/default
}

up() {
  case ${1:-} in '' | --no-controllers) ;; *) die "up knows --no-controllers only, not $1" ;; esac
  build
  if ! alive etcd && (exec 3<>"/dev/tcp/127.0.0.1/$PORT") 2>/dev/null; then die "port $PORT is taken, set KUBE_UP_PORT"; fi
  mkdir -p "$DIR"/{run,log,pki}
  touch "$DIR/.kube-up"
  (pki)
  start_etcd
  start_apiserver
  [ "${1:-}" = --no-controllers ] || start_controllers
  echo "export KUBECONFIG=$DIR/kubeconfig PATH=$BIN:\$PATH"
}

compact() { # through etcd's JSON gateway, which makes etcdctl unnecessary
  local revision
  revision=$(curl -sSf "$ETCD/v3/kv/range" -d '{"key":"AA==","limit":"1"}' | sed -n 's/.*"revision":"\([0-9]*\)".*/\1/p')
  curl -sSf "$ETCD/v3/kv/compaction" -d "{\"revision\":\"$revision\",\"physical\":true}" >/dev/null
  echo "$revision"
}

status() {
  local file name
  for file in "$DIR"/run/*.cmd; do
    [ -e "$file" ] || continue
    name=$(basename "$file" .cmd)
    if alive "$name"; then echo "$name runs, pid $(pid_of "$name")"; else echo "$name is stopped"; fi
  done
  [ ! -e "$DIR/kubeconfig" ] || echo "$API, KUBECONFIG=$DIR/kubeconfig"
}

down() {
  local name
  for name in controller-manager apiserver etcd; do halt "$name"; done
  rm -f "$DIR"/run/*.cmd
}

wipe() {
  down
  [ ! -e "$DIR" ] || [ -e "$DIR/.kube-up" ] || die "$DIR was not made by this script"
  rm -rf "$DIR"
}

case ${1:-} in
  build | compact | status | down | wipe) "$1" ;;
  up) up "${2:-}" ;;
  stop) halt "${2:?NAME}" ;;
  start) begin "${2:?NAME}" ;;
  restart) halt "${2:?NAME}"; begin "$2" ;;
  kill) send KILL "${2:?NAME}" ;;
  freeze) send STOP "${2:?NAME}" ;;
  thaw) send CONT "${2:?NAME}" ;;
  -h | --help | help) usage ;;
  *) usage >&2; exit 2 ;;
esac
