package org.bellwether.engine.vm;

import static org.bellwether.engine.platform.Permit.CREATE_VM_POOL;
import static org.bellwether.engine.platform.Permit.DELETE_VM_POOL;
import static org.bellwether.engine.platform.Permit.EDIT_VM_POOL_CONFIGURATION;
import static org.bellwether.engine.platform.Permit.VM_POOL_BASIC_OPERATIONS;

import org.bellwether.api.types.Action;
import org.bellwether.api.types.Cluster;
import org.bellwether.api.types.Job;
import org.bellwether.api.types.Template;
import org.bellwether.engine.inventory.Clusters;
import org.bellwether.engine.platform.http.ApiRequest;
import org.bellwether.engine.platform.http.ApiRoutes;
import org.bellwether.engine.platform.http.Reply;
import org.bellwether.engine.platform.operation.Operations.Asker;
import org.bellwether.engine.platform.search.SearchSchema;

/** Pools on the wire. */
final class VmPoolsApi {

    private final VmPools pools;
    private final Pools actions;
    private final Vms vms;
    private final SearchSchema<VmPool> schema;

    VmPoolsApi(VmPools pools, Pools actions, Vms vms, Clusters clusters) {
        this.pools = pools;
        this.actions = actions;
        this.vms = vms;
        this.schema = SearchSchema.<VmPool>of("pools")
                .text("id", pool -> pool.id().toString())
                .text("name", VmPool::name)
                .text("comment", pool -> pool.spec().comment())
                .text("description", pool -> pool.spec().description())
                .text("cluster", pool -> clusters.get(pool.cluster()).name())
                .choice("type", pool -> pool.automatic() ? "automatic" : "manual")
                .choice("architecture", pool -> clusters.get(pool.cluster()).cpuType() == null ? "undefined" : "x86_64")
                .number("assigned_vm_count", pool -> vms.ofPool(pool.id()).size())
                .number(
                        "running_vm_count",
                        pool -> vms.ofPool(pool.id()).stream()
                                .filter(vm -> vm.host() != null)
                                .count())
                .build();
    }

    SearchSchema<VmPool> schema() {
        return schema;
    }

    void serve(ApiRoutes routes) {
        routes.read(
                "vm_pools",
                "list",
                request -> Reply.list(
                        request.search(schema, pools.model().all()).stream().map(this::document)));
        routes.on("vm_pools", "add", CREATE_VM_POOL, this::add);
        routes.read("vm_pool", "get", request -> Reply.of(document(pool(request))));
        routes.on("vm_pool", "update", EDIT_VM_POOL_CONFIGURATION, this::update);
        routes.on("vm_pool", "remove", DELETE_VM_POOL, this::remove);
        routes.on("vm_pool", "allocate_vm", VM_POOL_BASIC_OPERATIONS, this::allocate);
        routes.on("vm", "detach", EDIT_VM_POOL_CONFIGURATION, this::detach);
    }

    private org.bellwether.api.types.VmPool document(VmPool pool) {
        return pool.spec().toBuilder()
                .id(pool.id().toString())
                .name(pool.name())
                .size((long) vms.ofPool(pool.id()).size())
                .cluster(Cluster.builder().id(pool.cluster().toString()).build())
                .template(Template.builder().id(pool.template().toString()).build())
                .build();
    }

    private Reply add(ApiRequest request) {
        return Reply.accepted(
                document(actions.add(request.body(org.bellwether.api.types.VmPool.class), Asker.of(request))));
    }

    private Reply update(ApiRequest request) {
        return Reply.of(document(
                actions.update(pool(request), request.body(org.bellwether.api.types.VmPool.class), Asker.of(request))));
    }

    private Reply remove(ApiRequest request) {
        return Reply.started(
                actions.remove(pool(request), Asker.of(request)).id().toString());
    }

    private Reply allocate(ApiRequest request) {
        var allocated = actions.allocate(pool(request), request.principal(), Asker.of(request));
        var outcome = Action.builder()
                .vm(org.bellwether.api.types.Vm.builder()
                        .id(allocated.vm().toString())
                        .build());
        allocated
                .job()
                .ifPresent(
                        job -> outcome.job(Job.builder().id(job.id().toString()).build()));
        return Reply.done(outcome.build());
    }

    private Reply detach(ApiRequest request) {
        actions.detach(vms.get(request.<Vm>id()), Asker.of(request));
        return Reply.done();
    }

    private VmPool pool(ApiRequest request) {
        return pools.get(request.<VmPool>id());
    }
}
