// Loaded before a supervised program (`node --import`): it stops as on SIGTERM when its supervisor is gone, however
// that died. Only the supervisor's own child takes the lifeline; what that child starts belongs to the child.
if (process.env.KILAT_SUPERVISOR === String(process.ppid) && process.channel) {
  process.on('disconnect', () => process.kill(process.pid, 'SIGTERM'));
  process.channel.unref();
}
delete process.env.KILAT_SUPERVISOR;
