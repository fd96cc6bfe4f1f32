package org.bellwether.engine.platform.http;

import java.time.InstantSource;
import java.util.UUID;
import java.util.function.Supplier;
import org.bellwether.api.types.Api;
import org.bellwether.api.types.ApiSummary;
import org.bellwether.api.types.EngineBackupInfo;
import org.bellwether.api.types.ProductInfo;
import org.bellwether.api.types.SpecialObjects;
import org.bellwether.api.types.Tag;
import org.bellwether.api.types.Template;
import org.bellwether.api.types.User;
import org.bellwether.api.types.Version;
import org.bellwether.engine.platform.Failure;

/**
 * The document at the root of the API. It tells clients which version they talk to; they compare it with the versions of
 * oVirt whose API this is.
 */
public final class ApiRoot {
    private static final String NOTHING = new UUID(0, 0).toString();
    private final ProductInfo product;
    private final Supplier<ApiSummary> summary;
    private final InstantSource clock;

    /**
     * @param instance the id that this installation was given at its first start
     * @param summary how many hosts, machines, users and storage domains there are and are active now
     */
    public ApiRoot(UUID instance, Supplier<ApiSummary> summary, InstantSource clock) {
        this.product = ProductInfo.builder()
                .instanceId(instance.toString())
                .name("Bellwether")
                .vendor("Bellwether")
                .version(Version.builder()
                        .major(4L)
                        .minor(5L)
                        .build(6L)
                        .revision(0L)
                        .fullVersion("4.5.6-1")
                        .build())
                .build();
        this.summary = summary;
        this.clock = clock;
    }

    public void declare(ApiRoutes routes) {
        routes.read("system", "get", this::root);
    }

    private Reply root(ApiRequest request) {
        if (request.parameter("schema").isPresent()) {
            return Reply.raw(WebReply.XML, ApiXmlSchema.document());
        }
        if (request.parameter("rsdl").isPresent()) {
            throw Failure.notFound("This engine has no description of its API in RSDL")
                    .because(
                            "it was a format of the third version of the API, and the SDKs of the fourth do not read it")
                    .next(
                            "Read /ovirt-engine/services/openapi.json, which says what each route takes and answers; the types"
                                    + " of XML documents are at /ovirt-engine/api?schema");
        }
        User user = User.builder().id(request.principal().id().toString()).build();
        Api.Builder root = Api.builder()
                .authenticatedUser(user)
                .effectiveUser(user)
                .engineBackup(EngineBackupInfo.builder().build())
                .productInfo(product)
                .specialObjects(SpecialObjects.builder()
                        .blankTemplate(Template.builder().id(NOTHING).build())
                        .rootTag(Tag.builder().id(NOTHING).build())
                        .build())
                .time(clock.instant());
        // Counts tell about machines that a user may not see.
        return Reply.of(
                request.principal().administrator()
                        ? root.summary(summary.get()).build()
                        : root.build());
    }
}
