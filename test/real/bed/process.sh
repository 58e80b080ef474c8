# shellcheck shell=bash
# Processes that outlive the call that starts them, by name. Sourced by ../kube-up.sh.

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

note_pid() { local born; born=$(start_time "$2") && echo "$2 $born" >"$DIR/run/$1.pid"; } # NAME PID

# The process notes itself before it becomes what it is to be: whoever is interrupted here leaves none that nobody knows.
launch() { # NAME: runs its recorded command line
  alive "$1" && return 0
  [ -e "$DIR/run/$1.cmd" ] || die "no process $1 here"
  { note_pid "$1" "$BASHPID" && eval "exec setsid $(cat "$DIR/run/$1.cmd")"; } </dev/null >>"$DIR/log/$1.log" 2>&1 &
  note_pid "$1" $! || die "$1 did not start, see $DIR/log/$1.log"
}

spawn() { local name=$1; shift; printf '%q ' "$@" >"$DIR/run/$name.cmd"; launch "$name"; }

send() { alive "$2" || die "$2 does not run"; kill "-$1" "$(pid_of "$2")"; } # SIGNAL NAME

# A signal is no end yet: who starts a process again that is still on its way out starts none.
gone() { while alive "$1"; do sleep 0.02; done; } # NAME

halt() { # NAME...: TERM to all, after 5 s KILL
  local name tries=0
  for name; do
    if alive "$name"; then
      kill -CONT "$(pid_of "$name")"
      kill "$(pid_of "$name")" || true
    fi
  done
  for name; do
    while alive "$name"; do
      tries=$((tries + 1))
      [ "$tries" -le 100 ] || kill -KILL "$(pid_of "$name")"
      sleep 0.05
    done
    rm -f "$DIR/run/$name.pid"
  done
}

forget() { # NAME...: halts it for good
  local name
  halt "$@"
  for name; do rm -f "$DIR/run/$name.cmd"; done
}

process_names() {
  local file
  for file in "$DIR"/run/*.cmd; do [ ! -e "$file" ] || basename "$file" .cmd; done
}

wait_for() { # NAME CMD...: until CMD succeeds, at most 60 s, and only while NAME lives
  local name=$1 end=$((SECONDS + 60)); shift
  until "$@" >/dev/null 2>&1; do
    if ! alive "$name" || [ "$SECONDS" -ge "$end" ]; then die "$name did not come up, see $DIR/log/$name.log"; fi
    sleep 0.05
  done
}

# Whoever starts a bed may die without a word (Ctrl-C, SIGKILL, a session that ends): the keeper then wipes it. What others
# were still making or wiping themselves may be in its way for a moment.
keep() { # PID START-TIME
  local tries
  while [ "$(start_time "$1")" = "$2" ]; do sleep 1; done
  for ((tries = 0; tries < 60; tries++)); do
    "$BASH" "$SCRIPT" wipe && break
    sleep 1
  done
}

start_keeper() { # PID
  local born
  born=$(start_time "$1") || die "KUBE_UP_OWNER=$1 does not run"
  spawn keeper "$BASH" "$SCRIPT" _keep "$1" "$born"
}
