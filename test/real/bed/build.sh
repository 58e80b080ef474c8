# shellcheck shell=bash
# Builds the binaries of Kubernetes and etcd from Go modules into $BIN. Sourced by ../kube-up.sh.

# k8s.io/kubernetes asks for its staged modules at v0.0.0 and replaces them by folders of its own repository. A dependent
# does not inherit that, so each is replaced by the module published with the same release (1.36.3 -> v0.36.3).
kube_module() {
  local answer mod
  answer=$(go mod download -json "k8s.io/kubernetes@v$KUBE_VERSION") || die "there is no Kubernetes $KUBE_VERSION to be had: $answer"
  mod=$(sed -n 's/.*"GoMod": "\(.*\)".*/\1/p' <<<"$answer")
  printf 'module kubeup/kube\n\n%s\n\nrequire k8s.io/kubernetes v%s\n\nreplace (\n' "$(grep '^go ' "$mod")" "$KUBE_VERSION"
  sed -n "s#^\s*\(k8s.io/[a-z-]*\) => ./staging/.*#\t\1 => \1 v0.${KUBE_VERSION#1.}#p" "$mod"
  echo ')'
}

# A module of its own, because `go install` refuses a module whose go.mod holds replace directives.
etcd_module() { printf 'module kubeup/etcd\n\ngo 1.24\n\nrequire go.etcd.io/etcd/server/v3 v%s\n' "$ETCD_VERSION"; }

# `go test -c` makes a test binary.
build_one() { # NAME PACKAGE [build | test -c]
  local name=$1 package=$2 source=kube minor=${KUBE_VERSION#1.} flags=(-s -w) fact
  shift 2
  [ $# -gt 0 ] || set -- build
  case $package in go.etcd.io/*) source=etcd ;; esac
  for fact in "gitVersion=v$KUBE_VERSION" gitMajor=1 "gitMinor=${minor%%.*}" gitTreeState=clean; do
    flags+=(-X "k8s.io/component-base/version.$fact" -X "k8s.io/client-go/pkg/version.$fact")
  done
  mkdir -p "$BIN/src/$source"
  if [ ! -s "$BIN/src/$source/go.mod" ]; then
    "${source}_module" >"$BIN/src/$source/go.mod.new"
    mv "$BIN/src/$source/go.mod.new" "$BIN/src/$source/go.mod"
  fi
  say "building $name into $BIN"
  (cd "$BIN/src/$source" && CGO_ENABLED=0 go "$@" -mod=mod -trimpath -ldflags "${flags[*]}" -o "$BIN/$name.new" "$package")
  mv "$BIN/$name.new" "$BIN/$name"
}

# Builds what is missing of NAME=PACKAGE…; of two that build at once, the second waits and finds it done.
build_missing() { # [-t] NAME=PACKAGE...: -t for test binaries
  local how=(build) pair missing=()
  if [ "$1" = -t ]; then how=(test -c); shift; fi
  for pair; do [ -x "$BIN/${pair%%=*}" ] || missing+=("$pair"); done
  [ ${#missing[@]} -gt 0 ] || return 0
  command -v go >/dev/null || die "no ${missing[0]%%=*} in $BIN, and building it needs Go on PATH"
  mkdir -p "$BIN"
  (
    flock 9
    for pair in "${missing[@]}"; do
      [ -x "$BIN/${pair%%=*}" ] || build_one "${pair%%=*}" "${pair#*=}" "${how[@]}"
    done
  ) 9>"$BIN/.lock"
}

build() {
  local name pairs=(etcd=go.etcd.io/etcd/server/v3)
  for name in kube-apiserver kube-controller-manager kubectl kube-proxy; do pairs+=("$name=k8s.io/kubernetes/cmd/$name"); done
  build_missing "${pairs[@]}"
}
