package org.bellwether.engine.inventory;

import static java.util.Objects.requireNonNull;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import org.bellwether.api.types.Statistic;
import org.bellwether.api.types.StatisticKind;
import org.bellwether.api.types.StatisticUnit;
import org.bellwether.api.types.Value;
import org.bellwether.api.types.ValueType;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.http.ApiRequest;
import org.bellwether.engine.platform.http.ApiRoutes;
import org.bellwether.engine.platform.http.Reply;

/** The list {@code statistics} below objects of many kinds: features say what it holds below theirs. */
public final class StatisticsApi {

    private final Map<String, Function<ApiRequest, List<Statistic>>> sources = new HashMap<>();

    /** Serves the statistics below one kind of object, by the API's name of its service, e.g. "vm". */
    public void source(String service, Function<ApiRequest, List<Statistic>> statistics) {
        sources.put(service, statistics);
    }

    public void serve(ApiRoutes routes) {
        routes.read(
                "statistics",
                "list",
                request -> Reply.list(of(request, request.targets().getLast().service())));
        routes.read(
                "statistic",
                "get",
                request -> Reply.of(of(
                                request,
                                request.targets()
                                        .get(request.targets().size() - 2)
                                        .service())
                        .stream()
                        .filter(each -> request.pathId().equals(each.id()))
                        .findFirst()
                        .orElseThrow(() -> Failure.notFound("There is no statistic with the id " + request.pathId()))));
    }

    private List<Statistic> of(ApiRequest request, String service) {
        var statistics = sources.getOrDefault(service, any -> List.of()).apply(request);
        var owner = Statistic.TYPE.attribute(service.startsWith("vm_") ? service.substring("vm_".length()) : service);
        if (owner == null) {
            return statistics;
        }
        var of = request.targets().stream()
                .filter(target -> target.service().equals(service))
                .findFirst()
                .orElseThrow();
        var link = owner.struct().newBuilder();
        link.set(requireNonNull(owner.struct().attribute("id")), of.id());
        var reference = link.build();
        return statistics.stream()
                .map(each -> {
                    var whose = each.edit();
                    whose.set(owner, reference);
                    return (Statistic) whose.build();
                })
                .toList();
    }

    /** One number that goes up and down. The id follows from the name, so that it stays the same. */
    public static Statistic gauge(String name, String description, StatisticUnit unit, double value) {
        return statistic(name, description, StatisticKind.GAUGE, unit, ValueType.DECIMAL, value);
    }

    /** One number of bytes or of things. */
    public static Statistic whole(String name, String description, StatisticUnit unit, long value) {
        return statistic(name, description, StatisticKind.GAUGE, unit, ValueType.INTEGER, (double) value);
    }

    /** One number that only grows. */
    public static Statistic counter(String name, String description, StatisticUnit unit, double value) {
        return statistic(name, description, StatisticKind.COUNTER, unit, ValueType.INTEGER, value);
    }

    /** Something that is told in words, or in words that programs read. */
    public static Statistic words(String name, String description, String value) {
        return Statistic.builder()
                .id(id(name))
                .name(name)
                .description(description)
                .kind(StatisticKind.GAUGE)
                .unit(StatisticUnit.NONE)
                .type(ValueType.STRING)
                .values(List.of(Value.builder().detail(value).build()))
                .build();
    }

    private static String id(String name) {
        return UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8)).toString();
    }

    private static Statistic statistic(
            String name, String description, StatisticKind kind, StatisticUnit unit, ValueType type, double value) {
        return Statistic.builder()
                .id(id(name))
                .name(name)
                .description(description)
                .kind(kind)
                .unit(unit)
                .type(type)
                .values(List.of(Value.builder().datum(value).build()))
                .build();
    }
}
