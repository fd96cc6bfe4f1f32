package org.bellwether.engine.vm;

import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.select;
import static org.jooq.impl.DSL.table;

import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.store.Database;
import org.bellwether.engine.platform.store.Json;
import org.jooq.Field;
import org.jooq.JSONB;
import org.jooq.Record;
import org.jooq.Table;
import org.jooq.impl.SQLDataType;

/** The last few decisions where each machine goes, with all their reasons. */
final class PlacementRepository {

    private static final int KEPT = 5;

    private static final Table<Record> PLACEMENTS = table(name("placements"));
    private static final Field<UUID> ID = field(name("id"), SQLDataType.UUID);
    private static final Field<UUID> VM = field(name("vm_id"), SQLDataType.UUID);
    private static final Field<OffsetDateTime> AT = field(name("at"), SQLDataType.OFFSETDATETIME);
    private static final Field<JSONB> BODY = field(name("body"), SQLDataType.JSONB);

    private final Database database;

    PlacementRepository(Database database) {
        this.database = database;
    }

    void keep(Id<Vm> vm, KeptPlacement placement) {
        database.change(tx -> {
            // A machine that is being removed meanwhile leaves no row that its own could refer to.
            tx.sql()
                    .insertInto(PLACEMENTS, ID, VM, AT, BODY)
                    .select(select(
                                    org.jooq.impl.DSL.val(UUID.randomUUID()),
                                    field(name("id"), SQLDataType.UUID),
                                    org.jooq.impl.DSL.val(placement.at().atOffset(ZoneOffset.UTC)),
                                    org.jooq.impl.DSL.val(JSONB.valueOf(Json.write(placement))))
                            .from(table(name("vms")))
                            .where(ID.eq(vm.value())))
                    .execute();
            tx.sql()
                    .deleteFrom(PLACEMENTS)
                    .where(VM.eq(vm.value()))
                    .and(ID.notIn(select(ID)
                            .from(PLACEMENTS)
                            .where(VM.eq(vm.value()))
                            .orderBy(AT.desc())
                            .limit(KEPT)))
                    .execute();
        });
    }

    /** The newest first. */
    List<KeptPlacement> of(Id<Vm> vm) {
        return database.read(sql -> sql.select(BODY)
                .from(PLACEMENTS)
                .where(VM.eq(vm.value()))
                .orderBy(AT.desc())
                .fetch(row -> Json.read(row.value1().data(), KeptPlacement.class)));
    }
}
