-- UEFI variables and TPM secrets of machines that are off, for the host of their next start.
CREATE TABLE machine_states (
    vm_id uuid PRIMARY KEY REFERENCES vms (id) ON DELETE CASCADE,
    state bytea NOT NULL
);
