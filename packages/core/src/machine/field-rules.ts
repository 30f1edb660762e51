/** What a field of a deploy may hold, for forms that judge while somebody types. */
export const machineNamePattern = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/
export const machineNameHint = 'Lower-case letters, digits and hyphens, 1 to 63.'
export const gitUrlPattern = /^(https?:\/\/|ssh:\/\/|git@|file:\/\/)[^\s]+$/
export const gitRefPattern = /^[^\s~^:?*[\\-][^\s~^:?*[\\]*$/
export const credentialPattern = /^[\x21-\x7e]*$/
export const credentialHint = 'A key is printable ASCII without spaces.'
