/** What may become of one call of a port: nobody heard it; it was carried out and nobody knows; it takes long either way. */
export const PORT_FAULTS = ['refused', 'answer lost', 'slow', 'slow answer'] as const;

export type PortFault = (typeof PORT_FAULTS)[number];
