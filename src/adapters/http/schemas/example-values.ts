/** Values shared by the examples of bodies and answers, so that all of them show the same build. */
export const BINDING = '5f0c2b9e-1d3a-4c7f-8a61-2e9b4d6f7c33';
export const OTHER_BINDING = '91b7d3c4-6e2f-4d85-a0c9-4f5e6a7b8d66';
export const VERSION = '7d9f1c1e-6a53-4b0e-9a52-0c8f5d1f9a11';
export const OTHER_VERSION = '0b6c1a4e-2f0d-4f6e-8e2b-9c3a7d5e4f22';
export const PROJECT = '3a8e5d70-94b2-4f1c-b6d5-71c0e2f9a844';
export const ENGINEER = 'c1d4a9b2-58e7-4a36-9f0b-6d2e8c7b5a55';
/** A timestamp as the database writes it, for `last_known_updated_at`. */
export const VERSION_MOMENT = '2031-05-04 09:12:45.123456+00';
export const WORKFLOW_ID = 'wf_1';
export const WORKFLOW_URL = 'https://app.wrk.example/workflows/wf_1';
/** An opaque cursor. */
export const NEXT = 'WyIyMDMxLTA1LTA0VDA5OjEyOjQ1LjEyMzQ1NloiLCI1ZjBjMmI5ZSJd';
