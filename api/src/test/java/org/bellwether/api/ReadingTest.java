package org.bellwether.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.bellwether.api.types.Action;
import org.bellwether.api.types.Boot;
import org.bellwether.api.types.BootDevice;
import org.bellwether.api.types.Cluster;
import org.bellwether.api.types.DnsResolverConfiguration;
import org.bellwether.api.types.Statistic;
import org.bellwether.api.types.Vm;
import org.bellwether.api.types.VmType;
import org.junit.jupiter.api.Test;

/** Clients spell the same thing in several ways; all of them are read. */
final class ReadingTest {
    private static <T extends Struct> T json(StructType<T> type, String document) {
        return Codec.read(Format.JSON, document.getBytes(StandardCharsets.UTF_8), type);
    }

    private static <T extends Struct> T xml(StructType<T> type, String document) {
        return Codec.read(Format.XML, document.getBytes(StandardCharsets.UTF_8), type);
    }

    @Test
    void json_scalars_may_be_native_or_strings() {
        var strings = json(Vm.TYPE, "{\"memory\":\"1024\",\"stateless\":\"true\",\"creation_time\":\"1700000000000\"}");
        var natives = json(Vm.TYPE, "{\"memory\":1024,\"stateless\":true,\"creation_time\":1700000000000}");
        var iso = json(Vm.TYPE, "{\"memory\":1024,\"stateless\":1e0,\"x\":1}".replace("1e0", "\"TRUE\""));
        assertThat(natives).isEqualTo(strings);
        assertThat(strings.memory()).isEqualTo(1024);
        assertThat(iso.stateless()).isTrue();
        assertThat(json(Vm.TYPE, "{\"creation_time\":\"2023-11-14T22:13:20.000Z\"}")
                        .creationTime())
                .isEqualTo(Instant.ofEpochMilli(1700000000000L));
        assertThat(json(Vm.TYPE, "{\"name\":12}").name()).isEqualTo("12");
        assertThat(json(Vm.TYPE, "{\"name\":true}").name()).isEqualTo("true");
    }

    @Test
    void null_is_absent() {
        assertThat(json(Vm.TYPE, "{\"name\":null,\"nics\":null,\"cluster\":null}"))
                .isEqualTo(Vm.builder().build());
    }

    @Test
    void a_list_may_be_bare_or_under_its_element() {
        var expected =
                Boot.builder().devices(List.of(BootDevice.HD, BootDevice.CDROM)).build();
        assertThat(json(Boot.TYPE, "{\"devices\":{\"device\":[\"hd\",\"cdrom\"]}}"))
                .isEqualTo(expected);
        assertThat(json(Boot.TYPE, "{\"devices\":[\"hd\",\"cdrom\"]}")).isEqualTo(expected);
        assertThat(json(Boot.TYPE, "{\"devices\":{\"device\":\"hd\"}}").devices())
                .containsExactly(BootDevice.HD);
        assertThat(json(Boot.TYPE, "{\"devices\":{}}").devices()).isEmpty();
        assertThat(xml(Boot.TYPE, "<boot><devices><device>hd</device><device>cdrom</device></devices></boot>"))
                .isEqualTo(expected);
        assertThat(xml(Boot.TYPE, "<boot><devices/></boot>").devices()).isEmpty();
    }

    @Test
    void a_list_may_be_flat_as_the_sdk_writes_it() {
        var read = xml(
                DnsResolverConfiguration.TYPE,
                "<c><name_servers>1.1.1.1</name_servers><name_servers>9.9.9.9</name_servers></c>"
                        .replace("<c>", "<dns_resolver_configuration>")
                        .replace("</c>", "</dns_resolver_configuration>"));
        assertThat(read.nameServers()).containsExactly("1.1.1.1", "9.9.9.9");
    }

    @Test
    void numa_nodes_go_by_both_names() {
        var expected = json(Vm.TYPE, "{\"numa_nodes\":{\"numa_node\":[{\"index\":1}]}}");
        assertThat(expected.numaNodes()).hasSize(1);
        assertThat(json(Vm.TYPE, "{\"host_numa_nodes\":{\"host_numa_node\":[{\"index\":\"1\"}]}}"))
                .isEqualTo(expected);
        assertThat(xml(Vm.TYPE, "<vm><numa_nodes><numa_node><index>1</index></numa_node></numa_nodes></vm>"))
                .isEqualTo(expected);
    }

    @Test
    void unknown_things_are_skipped() {
        var expected = Vm.builder().name("a").build();
        assertThat(json(Vm.TYPE, "{\"nosuch\":{\"a\":[1,{}]},\"link\":[{\"href\":\"x\"}],\"name\":\"a\",\"z\":2}"))
                .isEqualTo(expected);
        assertThat(xml(
                        Vm.TYPE,
                        "<vm x='1'><nosuch y='2'><name>b</name></nosuch><link rel='r' href='h'/><name>a</name></vm>"))
                .isEqualTo(expected);
    }

    @Test
    void xml_may_have_what_xml_has() {
        var document = """
                <?xml version='1.0' encoding='ISO-8859-1'?><!-- hello --><?do it?>
                <vm  id = '7'>
                  <!-- a name --><name>a&lt;<![CDATA[<b>]]>&#x21;</name>
                  <stateless> true </stateless><description/><type>SERVER</type>
                </vm>
                <!-- bye -->""";
        assertThat(xml(Vm.TYPE, document))
                .isEqualTo(Vm.builder()
                        .id("7")
                        .name("a<<b>!")
                        .stateless(true)
                        .description("")
                        .type(VmType.SERVER)
                        .build());
    }

    @Test
    void hrefs_are_read_without_their_prefix() {
        var expected = Cluster.builder().id("1").href("/clusters/1").build();
        assertThat(json(Cluster.TYPE, "{\"id\":\"1\",\"href\":\"/ovirt-engine/api/clusters/1\"}"))
                .isEqualTo(expected);
        assertThat(xml(Cluster.TYPE, "<cluster id='1' href='/ovirt-engine/api/v4/clusters/1'/>"))
                .isEqualTo(expected);
        assertThat(json(Cluster.TYPE, "{\"href\":\"/ovirt-engine/apidoc\"}").href())
                .isEqualTo("/ovirt-engine/apidoc");
    }

    @Test
    void an_action_carries_the_parameters_of_its_method() {
        var action = xml(
                Action.TYPE,
                "<action><host><name>h</name></host><force>true</force><grace_period><expiry>10</expiry></grace_period>"
                        + "<ticket><expiry>120</expiry></ticket><async>false</async></action>");
        assertThat(action.host()).isNotNull();
        assertThat(action.force()).isTrue();
        assertThat(action.gracePeriod()).isNotNull();
        assertThat(action.ticket()).isNotNull();
        assertThat(json(Action.TYPE, "{}")).isEqualTo(Action.builder().build());
        assertThat(xml(Action.TYPE, "<action/>")).isEqualTo(Action.builder().build());
    }

    @Test
    void decimals_are_numbers() {
        var read =
                json(Statistic.TYPE, "{\"values\":{\"value\":[{\"datum\":12.5},{\"datum\":\"3\"},{\"datum\":1E-7}]}}");
        assertThat(new String(Codec.write(Format.JSON, read, Hrefs.none()), StandardCharsets.UTF_8))
                .isEqualTo("{\"values\":{\"value\":[{\"datum\":12.5},{\"datum\":3},{\"datum\":0.0000001}]}}");
    }

    @Test
    void xml_may_come_in_another_encoding() {
        var expected = Vm.builder().name("ä€").build();
        for (var encoding : List.of("UTF-8", "UTF-16", "windows-1252")) {
            var document = "<?xml version=\"1.0\" encoding=\"" + encoding + "\"?><vm><name>ä€</name></vm>";
            assertThat(Codec.read(Format.XML, document.getBytes(Charset.forName(encoding)), Vm.TYPE))
                    .isEqualTo(expected);
        }
        assertThat(xml(Vm.TYPE, "\ufeff<vm><name>ä€</name></vm>")).isEqualTo(expected);
    }
}
