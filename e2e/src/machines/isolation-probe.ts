/** Prints `name=ok` for each attempt that worked on a machine and `name=no` for each that did not. */
export const isolationProbe = `
try() { name=$1; shift; if "$@" >/dev/null 2>&1; then echo "$name=ok"; else echo "$name=no"; fi; }
try remount-usr mount -o remount,rw /usr
try mount-proc mount -t proc proc /tmp
try unshare unshare -m true
try make-device mknod ~/device b 8 0
try read-shadow cat /etc/shadow
try write-usr touch /usr/x
try write-etc touch /etc/x
try write-root touch /x
try write-runtimes touch /opt/agent-machines/runtimes/x
try core-pattern sh -c 'echo x >/proc/sys/kernel/core_pattern'
try data-directory ls "$DATA"
try secret-key cat "$DATA/secret.key"
try local-api-key cat "$DATA/local-api-key"
try host-home ls "$HOST_HOME"
try other-home ls "$DATA/machines/$OTHER/home"
try other-process sh -c "cat /proc/[0-9]*/cmdline | grep -a $OTHER_PATTERN"
try host-process test -e "/proc/$PLANE_PID"
try plane-environment cat "/proc/$PLANE_PID/environ"
try signal-plane kill -0 "$PLANE_PID"
try docker-socket test -e /run/docker.sock
try docker-socket-var test -e /var/run/docker.sock
try container-sockets sh -c 'find /run /var -type s | grep .'
try database-socket sh -c 'find / -name ".s.PGSQL*" 2>/dev/null | grep .'
try write-home touch ~/x
try write-tmp touch /tmp/x
try write-shm touch /dev/shm/x
try read-usr ls /usr/bin
try own-process cat "/proc/$$/environ"
try name-service getent hosts localhost
try background sh -c 'sleep 0 & wait'
sed -n 's/^\\(CapEff\\|CapPrm\\|CapBnd\\|NoNewPrivs\\):[[:space:]]*/\\1=/p' /proc/self/status
read -r inside outside count </proc/self/uid_map; echo "host-uid=$outside"
echo "cgroup=$(cat /proc/self/cgroup | grep -c "/$SELF$")"
echo 'probe=ended'
`

export const refusedAttempts = [
  'remount-usr',
  'mount-proc',
  'unshare',
  'make-device',
  'read-shadow',
  'write-usr',
  'write-etc',
  'write-root',
  'write-runtimes',
  'core-pattern',
  'data-directory',
  'secret-key',
  'local-api-key',
  'host-home',
  'other-home',
  'other-process',
  'host-process',
  'plane-environment',
  'signal-plane',
  'docker-socket',
  'docker-socket-var',
  'container-sockets',
  'database-socket',
]

/** What must work, so that a refusal above means something. */
export const positiveControls = [
  'write-home',
  'write-tmp',
  'write-shm',
  'read-usr',
  'own-process',
  'name-service',
  'background',
]
