package org.bellwether.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.unboundid.ldap.listener.InMemoryDirectoryServer;
import com.unboundid.ldap.listener.InMemoryDirectoryServerConfig;
import com.unboundid.ldap.listener.InMemoryListenerConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Signing on with a ticket of a real Kerberos realm, as curl and the Python SDK do it. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class KerberosTest {
    private static final String BASE = "dc=example,dc=org";
    private static final String DIRECTORIES = "/ovirt-engine/services/directories";
    private static final String FORM = "grant_type=urn:ovirt:params:oauth:grant-type:http&scope=ovirt-app-api";
    private static final String PASSWORD = "baa baa black sheep";

    private RunningEngine engine;
    private RunningEngine.Caller administrator;
    private Kdc kdc;
    private InMemoryDirectoryServer ldap;
    private String url;

    @BeforeAll
    void start(@TempDir Path folder) throws Exception {
        assumeThat(Files.isExecutable(Kdc.PROGRAM))
                .as("krb5-kdc is installed, as ./bw test does")
                .isTrue();
        kdc = new Kdc(folder.resolve("kdc"));
        kdc.person("ewe", PASSWORD);
        kdc.person("wolf", PASSWORD);
        var keytab = kdc.service("HTTP/localhost");
        var config = new InMemoryDirectoryServerConfig(BASE);
        config.setListenerConfigs(
                InMemoryListenerConfig.createLDAPConfig("ldap", InetAddress.getLoopbackAddress(), 0, null));
        config.setSchema(null);
        config.addAdditionalBindCredentials("cn=root", "shepherd");
        ldap = new InMemoryDirectoryServer(config);
        ldap.startListening();
        ldap.add("dn: " + BASE, "objectClass: domain", "dc: example");
        ldap.add(
                "dn: uid=ewe," + BASE,
                "objectClass: inetOrgPerson",
                "uid: ewe",
                "cn: ewe",
                "sn: Sheep",
                "entryUUID: 7e1f6a52-0000-4000-8000-000000000001");
        engine = new RunningEngine(folder.resolve("engine"));
        administrator = engine.administrator();
        url = engine.request("/ovirt-engine/sso/oauth/token-http-auth")
                .build()
                .uri()
                .toString();
        assertThat(curl())
                .as("nothing is set up")
                .contains("unsupported_grant_type")
                .endsWith("400");
        administrator.post(DIRECTORIES, directory("corp", keytab, "HTTP/localhost@" + Kdc.REALM));
    }

    private String directory(String name, Path keytab, String principal) {
        return "{\"name\":\"" + name + "\",\"kind\":\"ldap\",\"url\":\"ldap://localhost:" + ldap.getListenPort()
                + "\",\"base\":\"" + BASE
                + "\",\"bind_dn\":\"cn=root\",\"password\":\"shepherd\",\"kerberos_keytab\":\""
                + keytab + "\",\"kerberos_principal\":\"" + principal + "\"}";
    }

    @AfterAll
    void stop() {
        if (kdc != null) {
            engine.close();
            ldap.close();
            kdc.close();
        }
    }

    @BeforeEach
    void nobody() throws IOException {
        kdc.signOff();
    }

    private String curl(String... more) throws IOException {
        return kdc.curl(engine.authority(), url, FORM, more);
    }

    private String negotiated() throws IOException {
        return curl("--negotiate", "-u", ":");
    }

    @Test
    void a_ticket_signs_on() throws Exception {
        kdc.signOn("ewe", PASSWORD);
        String answer = negotiated();
        assertThat(answer).endsWith("200");
        var token = engine.read(answer.substring(0, answer.lastIndexOf('\n')));
        var ewe = engine.new Caller("Bearer " + token.get("access_token").asText());
        assertThat(ewe.status("GET", "/clusters", ""))
                .as("known, but without permissions")
                .isEqualTo(403);
        String id = administrator
                .get("/users?search=usrname%3Dewe@corp-authz")
                .at("/user/0/id")
                .asText();
        administrator.add("/permissions", "{\"role\":{\"name\":\"ReadOnlyAdmin\"},\"user\":{\"id\":\"" + id + "\"}}");
        assertThat(ewe.names("/clusters", "cluster")).containsExactly("Default");
    }

    @Test
    void without_a_ticket_it_asks_for_one_and_nobody_signs_on() throws Exception {
        assertThat(curl("-i"))
                .containsIgnoringCase("WWW-Authenticate: Negotiate")
                .endsWith("401");
        assertThat(negotiated()).endsWith("401");
        assertThat(curl("-H", "Authorization: Negotiate bm8gdGlja2V0"))
                .contains("access_denied")
                .endsWith("400");
        assertThat(curl("-H", "Authorization: Negotiate ***"))
                .contains("is no token")
                .endsWith("400");
        assertThat(curl("-H", "Authorization: Basic YTpi")).endsWith("401");
    }

    @Test
    void whom_the_directory_does_not_know_does_not_come_in() throws Exception {
        kdc.signOn("wolf", PASSWORD);
        assertThat(negotiated()).contains("knows nobody of that name").endsWith("400");
    }

    @Test
    void a_ticket_for_another_service_is_none_for_this_one() throws Exception {
        var other = kdc.service("HTTP/other.example.org");
        administrator.call(
                "PUT",
                DIRECTORIES + "/corp",
                "{\"kerberos_keytab\":\"" + other + "\",\"kerberos_principal\":\"HTTP/other.example.org@" + Kdc.REALM
                        + "\"}");
        try {
            kdc.signOn("ewe", PASSWORD);
            assertThat(negotiated())
                    .contains("no directory has a key that fits")
                    .endsWith("400");
        } finally {
            var back = administrator.call(
                    "PUT",
                    DIRECTORIES + "/corp",
                    "{\"kerberos_keytab\":\""
                            + other.resolveSibling("HTTP-localhost.keytab")
                            + "\",\"kerberos_principal\":\"HTTP/localhost@"
                            + Kdc.REALM + "\"}");
            assertThat(back.statusCode()).as(back.body()).isEqualTo(200);
        }
    }

    @Test
    void what_cannot_work_is_refused_when_it_is_set_up() {
        var missing = administrator.call(
                "POST", DIRECTORIES, directory("none", Path.of("/nowhere.keytab"), "HTTP/localhost@" + Kdc.REALM));
        assertThat(missing.statusCode()).isEqualTo(400);
        assertThat(missing.body()).contains("/nowhere.keytab");
        var name = administrator.call("POST", DIRECTORIES, directory("none", Path.of("/etc/hostname"), "localhost"));
        assertThat(name.statusCode()).isEqualTo(400);
        assertThat(name.body()).contains("HTTP/");
    }
}
