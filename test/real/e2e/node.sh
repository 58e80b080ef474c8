# shellcheck shell=bash
# One node that runs Pods. Its processes share a mount, a process and a host name space of their own: where its first process
# ends, every container, shim and mount ends with it. Sourced by kubelets.sh.

node() { # I: in the node's network namespace
  local child
  setpriv --pdeathsig KILL unshare --mount --uts --pid --fork --kill-child=KILL --mount-proc "$BASH" "$here/kubelets.sh" _inside "$1" &
  child=$!
  # shellcheck disable=SC2064 # this child
  trap "kill -KILL $child" TERM
  wait "$child" || wait "$child" || true # the first may be ended by the signal
  remove_cgroups "$1"
}

# Control groups outlive their processes, and can be removed once the last one is gone. Those of containers that were still
# there have the names under which containerd remembers them.
remove_cgroups() { # I
  local id tries
  for id in "$DIR/node-$1"/containerd/io.containerd.runtime.v2.task/k8s.io/*; do
    [ -e "$id" ] || continue # no container was left: the pattern itself
    for ((tries = 0; tries < 50; tries++)); do
      find /sys/fs/cgroup -maxdepth 3 -depth -type d -name "${id##*/}" -exec rmdir {} + 2>/dev/null && break
      sleep 0.05
    done
  done
  find /sys/fs/cgroup -maxdepth 2 -type d -name k8s.io -exec rmdir {} + 2>/dev/null || true # not empty while another bed runs
}

node_inside() { # I
  local home=$DIR/node-$1 folder setting
  export PATH=$PIECES/usr/bin:$PIECES/usr/sbin:$BIN:$PATH
  echo "node-$1" >/proc/sys/kernel/hostname # what a Pod in the host's network sees
  mkdir -p "$home"/{kubelet,containerd,cni,log}
  for folder in /run /var/lib /var/log; do mount -t tmpfs -o mode=755 tmpfs "$folder"; done
  mkdir -p /run/lock /var/lib/{kubelet,containerd,cni} /var/log/pods
  mount --bind "$home/kubelet" /var/lib/kubelet
  mount --bind "$home/containerd" /var/lib/containerd
  mount --bind "$home/cni" /var/lib/cni
  mount --bind "$home/log" /var/log/pods
  # kubelet would set these for the whole machine. It leaves alone what reads as it wants, so it reads that.
  for setting in vm/overcommit_memory=1 vm/panic_on_oom=0 kernel/panic=10 kernel/panic_on_oops=1 \
    kernel/keys/root_maxkeys=1000000 kernel/keys/root_maxbytes=25000000; do
    echo "${setting#*=}" >"/run/${setting////.}"
    mount --bind "/run/${setting////.}" "/proc/sys/${setting%=*}"
  done
  mount --bind "$home/resolv.conf" /etc/resolv.conf # empty: the pull of an image that is not there fails at once
  containerd --config "$home/containerd.toml" --log-level warn &
  until ctr version >/dev/null 2>&1; do sleep 0.1; done
  ctr --namespace k8s.io images import "$IMAGES"
  kubelet --config "$home/kubelet.yaml" --kubeconfig "$DIR/kubeconfig" --hostname-override "node-$1" \
    --root-dir /var/lib/kubelet --cert-dir /var/lib/kubelet/pki --node-ip "$(node_ipv4 "$1")" -v 1 &
  wait -n # either ends: so does the node
  exit 1
}

node_ipv4() { local v4 _; read -r v4 _ <<<"$(address_of "$1")" && echo "$v4"; } # I

# Control groups are made flat and by runc alone, memory is never short, and no image is ever removed: nothing of that is
# tested here. Without CAP_SYS_RESOURCE runc may not lower its oom_score_adj, and need not.
node_files() { # I
  local home=$DIR/node-$1
  mkdir -p "$home/net.d"
  : >"$home/resolv.conf"
  cat >"$home/net.d/10-bed.conflist" <<EOF
{"cniVersion": "1.0.0", "name": "bed", "plugins": [
  {"type": "ptp", "ipam": {"type": "host-local", "dataDir": "/run/cni-ipam", "routes": [{"dst": "0.0.0.0/0"}, {"dst": "::/0"}],
   "ranges": [[{"subnet": "10.244.$1.0/24", "rangeStart": "10.244.$1.16"}], [{"subnet": "fd00:10:244:$1::/64", "rangeStart": "fd00:10:244:$1::10"}]]}},
  {"type": "portmap", "capabilities": {"portMappings": true}}]}
EOF
  cat >"$home/containerd.toml" <<EOF
version = 2
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "$PAUSE"
  stream_server_address = "127.0.0.1"
  restrict_oom_score_adj = true
  [plugins."io.containerd.grpc.v1.cri".containerd]
    snapshotter = "overlayfs"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
      runtime_type = "io.containerd.runc.v2"
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "$PIECES/usr/lib/cni"
    conf_dir = "$home/net.d"
EOF
  cat >"$home/kubelet.yaml" <<EOF
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
containerRuntimeEndpoint: unix:///run/containerd/containerd.sock
authentication: {anonymous: {enabled: true}, webhook: {enabled: false}}
authorization: {mode: AlwaysAllow}
failCgroupV1: false
failSwapOn: false
cgroupDriver: cgroupfs
cgroupsPerQOS: false
enforceNodeAllocatable: []
makeIPTablesUtilChains: false
imageGCHighThresholdPercent: 100
evictionHard: {memory.available: 0%, nodefs.available: 0%, nodefs.inodesFree: 0%, imagefs.available: 0%, imagefs.inodesFree: 0%}
volumePluginDir: /var/lib/kubelet/plugins
clusterDNS: [$DNS]
clusterDomain: cluster.local
resolvConf: $home/resolv.conf
shutdownGracePeriod: 0s
EOF
}

node_ready() { # I: its own kubelet says so, no longer whoever made the Node
  api GET "/api/v1/nodes/node-$1" | tr -d ' \n' | grep -q '"reason":"KubeletReady"'
}
