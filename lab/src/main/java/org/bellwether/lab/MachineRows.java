package org.bellwether.lab;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;

/**
 * Thousands of machines for measurements: one is made through the API with a disk and a NIC, and its rows are copied in
 * the database with new ids, names and addresses. The engine reads them at its next start.
 */
final class MachineRows {
    private static final String SEED = "bench-seed";
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private final EngineProcess engine;

    MachineRows(EngineProcess engine) {
        this.engine = engine;
    }

    private void seed() {
        ApiClient api = engine.client();
        if (!api.named("/vms", SEED).isMissingNode()) {
            return;
        }
        ObjectNode vm = Inventory.object().put("name", SEED);
        vm.putObject("cluster").put("name", Testbed.CLUSTER);
        vm.putObject("template").put("name", Testbed.TEMPLATE);
        String id = api.post("/vms", vm).path("id").asText();
        api.awaitStatus("/vms/" + id, "down", PATIENCE);
    }

    /** Copies it until there are that many, named vm1, vm2, … */
    void fill(int count) {
        seed();
        try (Connection connection = connect()) {
            connection.setAutoCommit(false);
            run(connection, """
                    create temp table fresh as
                    select number, gen_random_uuid() as vm, gen_random_uuid() as disk, gen_random_uuid() as nic
                    from generate_series((select count(*) from vms where name ~ '^vm[0-9]+$') + 1, ?) number
                    """, count);
            for (String copy : List.of("""
                    insert into vms (id, name, cluster_id, template_id, host_id, body)
                    select fresh.vm, 'vm' || number, cluster_id, template_id, null,
                        replace(replace(body::text, vms.id::text, fresh.vm::text), '%1$s', 'vm' || number)::jsonb
                    from fresh, vms where name = '%1$s'
                    """, """
                    insert into disks (id, name, storage_domain_id, body)
                    select fresh.disk, 'vm' || number || '-disk', storage_domain_id,
                        replace(disks.body::text, disks.id::text, fresh.disk::text)::jsonb
                    from fresh, disks, disk_attachments a, vms
                    where vms.name = '%1$s' and a.vm_id = vms.id and disks.id = a.disk_id
                    """, """
                    insert into disk_attachments (id, name, vm_id, disk_id, body)
                    select case when a.id = a.disk_id then fresh.disk else gen_random_uuid() end, a.name, fresh.vm, fresh.disk,
                        replace(replace(a.body::text, a.disk_id::text, fresh.disk::text), vms.id::text, fresh.vm::text)::jsonb
                    from fresh, disk_attachments a, vms where vms.name = '%1$s' and a.vm_id = vms.id
                    """, """
                    insert into nics (id, name, vm_id, vnic_profile_id, mac, body)
                    select fresh.nic, nics.name, fresh.vm, nics.vnic_profile_id, '02:42:00:00:' ||
                            lpad(to_hex(number / 256), 2, '0') || ':' || lpad(to_hex(number %% 256), 2, '0'),
                        replace(replace(replace(nics.body::text, nics.id::text, fresh.nic::text), vms.id::text, fresh.vm::text),
                            nics.mac, '02:42:00:00:' || lpad(to_hex(number / 256), 2, '0') || ':' || lpad(to_hex(number %% 256), 2, '0'))::jsonb
                    from fresh, nics, vms where vms.name = '%1$s' and nics.vm_id = vms.id
                    """)) {
                run(connection, copy.formatted(SEED));
            }
            connection.commit();
        } catch (SQLException e) {
            throw new LabFailure("the rows of machines could not be made: " + e.getMessage(), e);
        }
    }

    private static void run(Connection connection, String sql, int... numbers) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < numbers.length; i++) {
                statement.setInt(i + 1, numbers[i]);
            }
            statement.executeUpdate();
        }
    }

    private Connection connect() throws SQLException {
        EngineProcess.Database database = engine.database();
        return DriverManager.getConnection(database.url(), database.user(), database.password());
    }
}
