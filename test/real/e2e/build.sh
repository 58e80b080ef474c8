# shellcheck shell=bash
# What the nodes run, in $BIN: kubelet, kube-scheduler, agnhost and e2e.test from Go modules, containerd and what belongs
# to it from Debian (unpacked, not installed), and two container images made of files of this machine. Sourced by kubelets.sh.

PIECES=$BIN/debian
PAUSE=localhost/pause:e2e
IMAGES=$BIN/images-$(cksum <"${BASH_SOURCE[0]}" | tr ' ' -).tar # another recipe makes other images

e2e_build() {
  build
  build_missing kubelet=k8s.io/kubernetes/cmd/kubelet kube-scheduler=k8s.io/kubernetes/cmd/kube-scheduler \
    agnhost=k8s.io/kubernetes/test/images/agnhost
  build_missing -t e2e.test=k8s.io/kubernetes/test/e2e
  (
    flock 9
    [ -e "$PIECES/complete" ] || unpack_pieces
    [ -s "$IMAGES" ] || images
  ) 9>"$BIN/.pieces-lock"
}

unpack_pieces() {
  local packages=(containerd runc containernetworking-plugins busybox netcat-openbsd libbsd0 libmd0) file
  command -v apt-get dpkg-deb >/dev/null || die "containerd and runc come out of Debian packages, and there is no apt-get here"
  say "unpacking ${packages[*]} into $PIECES"
  rm -rf "$PIECES"
  mkdir -p "$PIECES/packages"
  (
    cd "$PIECES/packages"
    apt-get -qq download "${packages[@]}" 2>/dev/null || { apt-get -qq update && apt-get -qq download "${packages[@]}"; }
  ) || die "apt-get download failed"
  for file in "$PIECES"/packages/*.deb; do dpkg-deb -x "$file" "$PIECES"; done
  touch "$PIECES/complete"
}

# ---------------------------------------------------------------- images

# A program and the shared objects that it loads. The loader is found at its own path, all others in /usr/lib.
add() { # ROOT SOURCE TARGET
  local object target
  install -D -m 755 "$(realpath "$2")" "$1$3"
  for object in $({ ldd "$2" 2>/dev/null || true; } | sed -n 's#.*\s\(/[^ ]*\) (0x.*#\1#p'); do # none for a static one
    case $object in */ld-linux*) target=$object ;; *) target=/usr/lib/${object##*/} ;; esac
    [ -e "$1$target" ] || install -D -m 755 "$(realpath "$object")" "$1$target"
  done
}

# One layer for both images: agnhost with the commands that the tests run in it, and a pause that is a shell, because agnhost
# takes ten times its memory. The shell must not be busybox, which would prefer an nc of its own to any other.
images() {
  local work name names=(cat cp date echo env false grep head hostname id ls mkdir mv nslookup printf ps rm sed seq sleep tail test touch true wc)
  work=$(mktemp -d)
  mkdir -p "$work/root"/{bin,etc,root,tmp,uploads}
  chmod 1777 "$work/root/tmp"
  printf 'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534::/:/bin/false\n' >"$work/root/etc/passwd"
  printf 'root:x:0:\nnogroup:x:65534:\n' >"$work/root/etc/group"
  add "$work/root" "$BIN/agnhost" /agnhost
  add "$work/root" "$(command -v dash)" /bin/sh
  add "$work/root" "$(command -v curl)" /usr/bin/curl
  add "$work/root" "$PIECES/bin/busybox" /bin/busybox
  LD_LIBRARY_PATH=$(echo "$PIECES"/usr/lib/*-linux-gnu) add "$work/root" "$PIECES/bin/nc.openbsd" /usr/bin/nc
  install -m 755 /dev/stdin "$work/root/usr/bin/wget" <<'EOF'
#!/bin/sh
# That of busybox crashes where it is given a time limit.
limit=900
while getopts qO:T: option; do [ "$option" != T ] || limit=$OPTARG; done
shift $((OPTIND - 1))
exec curl --globoff --fail --silent --show-error --max-time "$limit" "$1"
EOF
  for name in "${names[@]}"; do ln -s busybox "$work/root/bin/$name"; done
  archive "$work"
  rm -rf "$work"
}

# The form of `docker save`: containerd imports it.
archive() { # WORK: a folder with the files of the layer in root
  local layer known agnhost
  mkdir "$1/archive"
  tar -C "$1/root" --sort=name --numeric-owner --owner=0 --group=0 -cf "$1/archive/layer.tar" .
  layer=$(sha256sum <"$1/archive/layer.tar")
  known=$("$BIN/e2e.test" --list-images 2>/dev/null)
  agnhost=$(grep -m1 '/agnhost:2\.[0-9]*\.' <<<"$known")
  image_config "${layer%% *}" '["/agnhost"]' '["pause"]' >"$1/archive/agnhost.json"
  image_config "${layer%% *}" '["/bin/sh"]' '["-c", "trap \"exit 0\" TERM INT; while :; do sleep 86400 & wait $!; done"]' >"$1/archive/pause.json"
  cat >"$1/archive/manifest.json" <<EOF
[{"Config": "agnhost.json", "RepoTags": ["$agnhost"], "Layers": ["layer.tar"]},
 {"Config": "pause.json", "RepoTags": ["$PAUSE", "$(grep -m1 '/pause:' <<<"$known")"], "Layers": ["layer.tar"]}]
EOF
  tar -C "$1/archive" -cf "$IMAGES.new" .
  mv "$IMAGES.new" "$IMAGES"
}

image_config() { # DIGEST ENTRYPOINT COMMAND
  local architecture
  case $(uname -m) in x86_64) architecture=amd64 ;; aarch64) architecture=arm64 ;; *) die "no images for $(uname -m)" ;; esac
  cat <<EOF
{"architecture": "$architecture", "os": "linux", "rootfs": {"type": "layers", "diff_ids": ["sha256:$1"]},
 "config": {"Entrypoint": $2, "Cmd": $3, "WorkingDir": "/", "Env": ["PATH=/usr/bin:/bin"]}}
EOF
}
