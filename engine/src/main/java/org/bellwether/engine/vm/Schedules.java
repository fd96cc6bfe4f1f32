package org.bellwether.engine.vm;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.store.Database;
import org.bellwether.engine.platform.store.Lookup;
import org.bellwether.engine.platform.store.ObjectTable;
import org.bellwether.engine.platform.store.Transaction;

/** All that is to be done with machines at times. */
final class Schedules {

    private final Database database;
    private final ObjectTable<Schedule> table = new ObjectTable<>(
            "schedules",
            "schedule",
            Schedule.class,
            schedule -> Map.of("vm_id", schedule.vm().value()));
    private final Lookup<Id<Vm>, Schedule> byVm = table.model().indexedBy(schedule -> Optional.of(schedule.vm()));

    Schedules(Database database) {
        this.database = database;
    }

    void load() {
        table.load(database);
    }

    List<Schedule> all() {
        return List.copyOf(table.model().all());
    }

    List<Schedule> of(Id<Vm> vm) {
        return byVm.of(vm).stream().sorted(Comparator.comparing(Schedule::name)).toList();
    }

    /** As the transaction sees them. */
    List<Schedule> of(Transaction tx, Id<Vm> vm) {
        return table.matching(tx, "vm_id", vm.value());
    }

    Optional<Schedule> find(Id<Schedule> id) {
        return table.model().find(id);
    }

    void insert(Transaction tx, Schedule schedule) {
        table.insert(tx, schedule);
    }

    Schedule update(Transaction tx, Id<Schedule> id, Function<Schedule, Schedule> change) {
        return table.update(tx, id, change);
    }

    void delete(Transaction tx, Id<Schedule> id) {
        table.delete(tx, id);
    }
}
