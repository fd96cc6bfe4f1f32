package org.bellwether.engine.network;

import static org.bellwether.engine.platform.Permit.CREATE_MAC_POOL;
import static org.bellwether.engine.platform.Permit.DELETE_MAC_POOL;
import static org.bellwether.engine.platform.Permit.EDIT_MAC_POOL;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.bellwether.api.types.Range;
import org.bellwether.engine.event.Concerns;
import org.bellwether.engine.event.EventCode;
import org.bellwether.engine.event.Events;
import org.bellwether.engine.inventory.Names;
import org.bellwether.engine.inventory.Seeds;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.http.ApiRequest;
import org.bellwether.engine.platform.http.ApiRoutes;
import org.bellwether.engine.platform.http.Reply;
import org.bellwether.engine.platform.operation.Operations.Asker;
import org.bellwether.engine.platform.store.Database;
import org.bellwether.engine.platform.store.Transaction;
import org.jspecify.annotations.Nullable;

/** MAC pools on the wire. */
public final class MacPoolsApi {
    private static final int MOST_RANGES = 256;

    private final Database database;
    private final MacPools pools;
    private final Events events;

    public MacPoolsApi(Database database, MacPools pools, Events events) {
        this.database = database;
        this.pools = pools;
        this.events = events;
    }

    public void serve(ApiRoutes routes) {
        routes.read(
                "mac_pools",
                "list",
                request ->
                        Reply.list(request.limited(pools.model().all()).stream().map(MacPoolsApi::document)));
        routes.on("mac_pools", "add", CREATE_MAC_POOL, this::add);
        routes.read("mac_pool", "get", request -> Reply.of(document(pools.get(request.id()))));
        routes.on("mac_pool", "update", EDIT_MAC_POOL, this::update);
        routes.on("mac_pool", "remove", DELETE_MAC_POOL, this::remove);
    }

    private Reply add(ApiRequest request) {
        var sent = request.body(org.bellwether.api.types.MacPool.class);
        var made = new MacPool(
                Id.random(),
                Names.checked(sent.name(), "a MAC pool"),
                Optional.ofNullable(sent.description()).orElse(""),
                Boolean.TRUE.equals(sent.allowDuplicates()),
                ranges(sent.ranges()));
        database.change(tx -> {
            pools.insert(tx, made);
            tell(tx, EventCode.MAC_POOL_ADDED, made, request, "added");
        });
        return Reply.created(document(made));
    }

    private Reply update(ApiRequest request) {
        var sent = request.body(org.bellwether.api.types.MacPool.class);
        var changed = database.transaction(tx -> {
            var pool = pools.update(
                    tx,
                    request.id(),
                    before -> new MacPool(
                            before.id(),
                            sent.name() == null ? before.name() : Names.checked(sent.name(), "a MAC pool"),
                            Optional.ofNullable(sent.description()).orElse(before.description()),
                            Optional.ofNullable(sent.allowDuplicates()).orElse(before.duplicates()),
                            sent.ranges() == null ? before.ranges() : ranges(sent.ranges())));
            tell(tx, EventCode.MAC_POOL_UPDATED, pool, request, "changed");
            return pool;
        });
        return Reply.of(document(changed));
    }

    private Reply remove(ApiRequest request) {
        var pool = pools.get(request.<MacPool>id());
        var users = pools.users(pool);
        if (!users.isEmpty()) {
            throw Failure.conflict("The MAC pool " + pool.name() + " is not removed")
                    .because("these clusters use it: " + String.join(", ", users))
                    .next("Give them another one first");
        }
        database.change(tx -> {
            pools.delete(tx, pool);
            tell(tx, EventCode.MAC_POOL_REMOVED, pool, request, "removed");
        });
        return Reply.done();
    }

    private static List<MacPool.Range> ranges(@Nullable List<Range> sent) {
        if (sent == null || sent.isEmpty() || sent.size() > MOST_RANGES) {
            throw Failure.badRequest("A MAC pool has 1 to " + MOST_RANGES + " ranges")
                    .next("Give each with from and to");
        }
        List<MacPool.Range> ranges = new ArrayList<>();
        for (Range range : sent) {
            long from = MacAddresses.number(
                    MacAddresses.checked(Optional.ofNullable(range.from()).orElse("")));
            long to = MacAddresses.number(
                    MacAddresses.checked(Optional.ofNullable(range.to()).orElse("")));
            if (to < from) {
                throw Failure.badRequest("The range from " + range.from() + " to " + range.to() + " is empty")
                        .next("Give the lower address first");
            }
            ranges.add(new MacPool.Range(from, to));
        }
        ranges.sort(Comparator.comparingLong(MacPool.Range::from));
        for (int i = 1; i < ranges.size(); i++) {
            if (ranges.get(i).from() <= ranges.get(i - 1).to()) {
                throw Failure.badRequest("Two ranges of the MAC pool overlap at "
                        + MacAddresses.text(ranges.get(i).from()));
            }
        }
        // The lowest bit of the first byte tells groups from single ones.
        for (MacPool.Range range : ranges) {
            if (range.from() >> 40 != range.to() >> 40) {
                throw Failure.badRequest("A range of MAC addresses begins and ends with the same byte")
                        .because("between " + MacAddresses.text(range.from()) + " and " + MacAddresses.text(range.to())
                                + " there are multicast addresses")
                        .next("Give several ranges");
            }
        }
        return ranges;
    }

    private void tell(Transaction tx, EventCode code, MacPool pool, ApiRequest request, String what) {
        events.add(tx, code, Asker.of(request), Concerns.NOTHING, "The MAC pool " + pool.name(), what);
    }

    private static org.bellwether.api.types.MacPool document(MacPool pool) {
        return org.bellwether.api.types.MacPool.builder()
                .id(pool.id().toString())
                .name(pool.name())
                .description(pool.description())
                .allowDuplicates(pool.duplicates())
                .defaultPool(pool.id().value().equals(Seeds.MAC_POOL))
                .ranges(pool.ranges().stream()
                        .map(range -> Range.builder()
                                .from(MacAddresses.text(range.from()))
                                .to(MacAddresses.text(range.to()))
                                .build())
                        .toList())
                .build();
    }
}
