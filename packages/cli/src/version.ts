/** Of the command and of the control plane it starts. */
export const version = '0.1.0'
