package org.bellwether.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.StringReader;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import javax.xml.XMLConstants;
import javax.xml.transform.stream.StreamSource;
import javax.xml.validation.SchemaFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The API's description, and what Prometheus reads. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class WatchedEngineTest {

    private RunningEngine engine;
    private RunningEngine.Caller administrator;

    @BeforeAll
    void start(@TempDir Path folder) {
        engine = new RunningEngine(folder);
        administrator = engine.administrator();
    }

    @AfterAll
    void stop() {
        engine.close();
    }

    @Test
    void metrics_are_for_administrators_and_count_what_there_is() {
        administrator.add(
                "/vms", "{\"name\":\"counted\",\"cluster\":{\"name\":\"Default\"},\"template\":{\"name\":\"Blank\"}}");
        var reader = administrator.user("prometheus");
        assertThat(reader.status("GET", "/ovirt-engine/services/metrics", "")).isEqualTo(403);
        administrator.give("prometheus", "ReadOnlyAdmin", "");
        var answer = reader.call("GET", "/ovirt-engine/services/metrics", "");
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("content-type").orElse("")).startsWith("text/plain; version=0.0.4");
        assertThat(answer.body()).contains("bellwether_up 1\n", "bellwether_machines{status=\"down\"} 1\n");
        assertThat(answer.body().lines())
                .allMatch(line -> line.startsWith("# ")
                        || line.matches("bellwether_[a-z_]+(\\{[a-z]+=\"[^\"]*\"(,[a-z]+=\"[^\"]*\")*\\})? -?[0-9.]+"));
        assertThat(engine.nobody().status("GET", "/ovirt-engine/services/metrics", ""))
                .isEqualTo(401);
    }

    @Test
    void the_api_describes_what_it_serves_with_the_permit_that_is_needed() {
        var document = engine.read(administrator
                .call("GET", "/ovirt-engine/services/openapi.json", "")
                .body());
        assertThat(document.at("/openapi").asText()).isEqualTo("3.1.0");
        var start = document.get("paths").get("/vms/{id1}/start").get("post");
        assertThat(start.get("x-permit").asText()).isEqualTo("run_vm");
        assertThat(start.at("/requestBody/content/application~1json/schema/$ref")
                        .asText())
                .isEqualTo("#/components/schemas/action");
        document.findValuesAsText("$ref")
                .forEach(reference -> assertThat(
                                document.at(reference.substring(1)).isMissingNode())
                        .as(reference)
                        .isFalse());
        assertThat(document.get("paths").has("/vms/{id1}/nics/{id2}")).isTrue();
    }

    @Test
    void xml_documents_are_as_the_schema_says_that_is_served() throws Exception {
        String blank = "/templates/00000000-0000-0000-0000-000000000000";
        var answer = administrator.call("GET", "?schema", "");
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("content-type").orElse("")).startsWith("application/xml");
        var validator = SchemaFactory.newInstance(XMLConstants.W3C_XML_SCHEMA_NS_URI)
                .newSchema(new StreamSource(new StringReader(answer.body())))
                .newValidator();
        for (String path : List.of(
                "",
                "/vms",
                blank,
                blank + "/graphicsconsoles",
                "/clusters?follow=networks",
                "/datacenters",
                "/templates",
                "/networks",
                "/users",
                "/roles?follow=permits",
                "/events",
                "/jobs",
                "/schedulingpolicies",
                "/operatingsystems",
                "/vms/" + UUID.randomUUID())) {
            validator.validate(new StreamSource(
                    new StringReader(administrator.callXml(path).body())));
        }
        assertThatThrownBy(
                        () -> validator.validate(new StreamSource(new StringReader("<vm><memory>much</memory></vm>"))))
                .hasMessageContaining("much");
        assertThatThrownBy(() -> validator.validate(new StreamSource(new StringReader("<vm><moon/></vm>"))))
                .hasMessageContaining("moon");
    }

    @Test
    void the_description_of_the_third_version_is_refused_with_what_there_is_instead() {
        var refused = administrator.call("GET", "?rsdl", "");
        assertThat(refused.statusCode()).isEqualTo(404);
        assertThat(refused.body()).contains("/ovirt-engine/services/openapi.json");
    }
}
