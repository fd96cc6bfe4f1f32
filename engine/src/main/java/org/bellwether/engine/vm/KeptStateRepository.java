package org.bellwether.engine.vm;

import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.table;

import java.util.Optional;
import java.util.UUID;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.store.Transaction;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.Table;
import org.jooq.impl.SQLDataType;

/** The table of what machines keep in their UEFI and TPM. A machine that is removed takes its row along. */
final class KeptStateRepository {

    private static final Table<Record> STATES = table(name("machine_states"));
    private static final Field<UUID> VM = field(name("vm_id"), SQLDataType.UUID);
    private static final Field<byte[]> STATE = field(name("state"), SQLDataType.BLOB);

    void write(Transaction tx, Id<Vm> vm, byte[] state) {
        tx.sql()
                .insertInto(STATES)
                .set(VM, vm.value())
                .set(STATE, state)
                .onConflict(VM)
                .doUpdate()
                .set(STATE, state)
                .execute();
    }

    Optional<byte[]> read(Transaction tx, Id<Vm> vm) {
        return tx.sql().select(STATE).from(STATES).where(VM.eq(vm.value())).fetchOptional(STATE);
    }
}
