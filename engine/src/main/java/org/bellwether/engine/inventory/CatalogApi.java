package org.bellwether.engine.inventory;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.bellwether.api.Codec;
import org.bellwether.api.Format;
import org.bellwether.api.Limits;
import org.bellwether.api.Struct;
import org.bellwether.api.StructType;
import org.bellwether.api.types.ClusterLevel;
import org.bellwether.api.types.Icon;
import org.bellwether.api.types.SchedulingPolicyUnit;
import org.bellwether.api.types.SystemOption;
import org.bellwether.api.types.SystemOptionValue;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Permit;
import org.bellwether.engine.platform.http.ApiRequest;
import org.bellwether.engine.platform.http.ApiRoutes;
import org.bellwether.engine.platform.http.Reply;

/** What is the same in every installation, for clients to choose from: read from documents that lie beside this class. */
public final class CatalogApi {

    private static final Limits LIMITS = new Limits(8 << 20, 32, 200_000);
    private static final List<String> LEVELS = List.of("4.7", "4.8");

    /** What clients ask of the engine's settings; each by cluster level, which makes no difference here. */
    private static final Map<String, String> OPTIONS = Map.ofEntries(
            Map.entry("MaxNumOfVmCpus", "710"),
            Map.entry("MaxNumOfVmSockets", "10000"),
            Map.entry("MaxNumOfCpuPerSocket", "254"),
            Map.entry("MaxNumOfThreadsPerCpu", "8"),
            Map.entry("VM64BitMaxMemorySizeInMB", "16777216"),
            Map.entry("VM32BitMaxMemorySizeInMB", "20480"),
            Map.entry("VMPpc64BitMaxMemorySizeInMB", "16777216"),
            Map.entry("UserSessionTimeOutInterval", "30"),
            Map.entry("DefaultGeneralTimeZone", "Etc/GMT"),
            Map.entry("DefaultWindowsTimeZone", "GMT Standard Time"),
            Map.entry("WebSocketProxy", "Engine:443"),
            Map.entry("SpiceUsbAutoShare", "true"),
            Map.entry("HotPlugMemoryBlockSizeMb", "256"),
            Map.entry("MaxVmNameLength", "255"),
            Map.entry("MaxDescriptionLength", "4000"),
            Map.entry("ClusterRequiredRngSourcesDefault", "URANDOM"),
            Map.entry("RemoteViewerSupportedVersions", ""),
            Map.entry("SupportedClusterLevels", "4.7,4.8"));

    private final NetworkFilters filters = new NetworkFilters();
    private final List<Icon> icons = read("icons", Icon.TYPE);
    private final List<ClusterLevel> levels = read("cluster-levels", ClusterLevel.TYPE).stream()
            .map(level -> level.toBuilder()
                    .permits(Arrays.stream(Permit.values())
                            .map(permit -> org.bellwether.api.types.Permit.builder()
                                    .id(Integer.toString(permit.id()))
                                    .name(permit.wireName())
                                    .administrative(permit.administrative())
                                    .build())
                            .toList())
                    .build())
            .toList();

    public void serve(ApiRoutes routes) {
        serve(routes, "network_filters", "network_filter", filters.all());
        serve(routes, "icons", "icon", icons);
        serve(routes, "cluster_levels", "cluster_level", levels);
        routes.read("system_option", "get", CatalogApi::option);
    }

    /** What scheduling policies are made of. */
    public static List<SchedulingPolicyUnit> schedulingPolicyUnits() {
        return read("scheduling-policy-units", SchedulingPolicyUnit.TYPE);
    }

    private static void serve(ApiRoutes routes, String collection, String one, List<? extends Struct> all) {
        routes.read(collection, "list", request -> Reply.list(request.limited(List.copyOf(all))));
        routes.read(
                one,
                "get",
                request -> all.stream()
                        .filter(each -> request.pathId().equals(each.value("id")))
                        .findFirst()
                        .map(each -> Reply.of(each))
                        .orElseThrow(() -> Failure.notFound(
                                "There is no " + one.replace('_', ' ') + " with the id " + request.pathId())));
    }

    private static Reply option(ApiRequest request) {
        var value = OPTIONS.get(request.pathId());
        if (value == null) {
            throw Failure.notFound("There is no option called " + request.pathId());
        }
        var version = request.parameter("version");
        return Reply.of(SystemOption.builder()
                .id(request.pathId())
                .name(request.pathId())
                .values(LEVELS.stream()
                        .filter(level -> version.isEmpty() || version.get().equals(level))
                        .map(level -> SystemOptionValue.builder()
                                .value_(value)
                                .version(level)
                                .build())
                        .toList())
                .build());
    }

    static <T extends Struct> List<T> read(String resource, StructType<T> type) {
        try (var in = Objects.requireNonNull(CatalogApi.class.getResourceAsStream(resource + ".json"), resource)) {
            return Codec.readList(Format.JSON, in.readAllBytes(), type, LIMITS);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
