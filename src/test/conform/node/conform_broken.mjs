export function cannot be loaded
