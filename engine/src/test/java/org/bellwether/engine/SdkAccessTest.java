package org.bellwether.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.ovirt.engine.sdk4.builders.Builders.affinityLabel;
import static org.ovirt.engine.sdk4.builders.Builders.bookmark;
import static org.ovirt.engine.sdk4.builders.Builders.cluster;
import static org.ovirt.engine.sdk4.builders.Builders.domain;
import static org.ovirt.engine.sdk4.builders.Builders.event;
import static org.ovirt.engine.sdk4.builders.Builders.graphicsConsole;
import static org.ovirt.engine.sdk4.builders.Builders.group;
import static org.ovirt.engine.sdk4.builders.Builders.job;
import static org.ovirt.engine.sdk4.builders.Builders.networkFilterParameter;
import static org.ovirt.engine.sdk4.builders.Builders.nic;
import static org.ovirt.engine.sdk4.builders.Builders.permission;
import static org.ovirt.engine.sdk4.builders.Builders.permit;
import static org.ovirt.engine.sdk4.builders.Builders.quota;
import static org.ovirt.engine.sdk4.builders.Builders.role;
import static org.ovirt.engine.sdk4.builders.Builders.sshPublicKey;
import static org.ovirt.engine.sdk4.builders.Builders.step;
import static org.ovirt.engine.sdk4.builders.Builders.tag;
import static org.ovirt.engine.sdk4.builders.Builders.template;
import static org.ovirt.engine.sdk4.builders.Builders.user;
import static org.ovirt.engine.sdk4.builders.Builders.userOption;
import static org.ovirt.engine.sdk4.builders.Builders.vm;
import static org.ovirt.engine.sdk4.builders.Builders.watchdog;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.bellwether.engine.inventory.Seeds;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.ovirt.engine.sdk4.Connection;
import org.ovirt.engine.sdk4.services.SystemService;
import org.ovirt.engine.sdk4.types.GraphicsType;
import org.ovirt.engine.sdk4.types.JobStatus;
import org.ovirt.engine.sdk4.types.LogSeverity;
import org.ovirt.engine.sdk4.types.StepEnum;
import org.ovirt.engine.sdk4.types.StepStatus;
import org.ovirt.engine.sdk4.types.Vm;
import org.ovirt.engine.sdk4.types.VmStatus;
import org.ovirt.engine.sdk4.types.WatchdogAction;
import org.ovirt.engine.sdk4.types.WatchdogModel;

/** Who may do what, what happened, and the small things around machines, by the published Java SDK. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SdkAccessTest {

    private RunningEngine engine;
    private Connection connection;
    private SystemService system;

    @BeforeAll
    void start(@TempDir Path folder) throws Exception {
        engine = new RunningEngine(folder.resolve("engine"));
        connection = Sdk.connect(engine, folder, "admin@internal", engine.password());
        system = connection.systemService();
    }

    @AfterAll
    void stop() throws Exception {
        connection.close();
        engine.close();
    }

    private Vm machine(String name) {
        var made = system.vmsService()
                .add()
                .vm(vm().name(name)
                        .cluster(cluster().id(Seeds.CLUSTER.toString()))
                        .template(template().name("Blank")))
                .send()
                .vm();
        await("the job that makes it is over")
                .atMost(Duration.ofMinutes(1))
                .until(() -> system.vmsService()
                                .vmService(made.id())
                                .get()
                                .send()
                                .vm()
                                .status()
                        == VmStatus.DOWN);
        return made;
    }

    @Test
    @SuppressWarnings("try") // The SDK declares that closing may throw anything, even an interruption.
    void a_role_of_ones_own_lets_a_user_do_that_and_nothing_else(@TempDir Path folder) throws Exception {
        var made = system.rolesService()
                .add()
                .role(role().name("sdk-watcher")
                        .administrative(false)
                        .permits(permit().id("1300"), permit().name("reboot_vm")))
                .send()
                .role();
        assertThat(system.rolesService()
                        .roleService(made.id())
                        .permitsService()
                        .list()
                        .send()
                        .permits())
                .extracting(each -> each.name())
                .contains("reboot_vm", "login");
        var joe = system.usersService()
                .add()
                .user(user().userName("sdk-joe@internal")
                        .password(RunningEngine.PASSWORD)
                        .domain(domain().name("internal-authz")))
                .send()
                .user();
        var watched = machine("sdk-watched");
        machine("sdk-hidden");
        system.vmsService()
                .vmService(watched.id())
                .permissionsService()
                .add()
                .permission(permission().role(role().id(made.id())).user(user().id(joe.id())))
                .send();
        try (Connection joes = Sdk.connect(engine, folder, "sdk-joe@internal", RunningEngine.PASSWORD)) {
            var theirs = joes.systemService();
            assertThat(theirs.vmsService().list().filter(true).send().vms())
                    .extracting(Vm::name)
                    .containsExactly("sdk-watched");
            assertThatThrownBy(() -> theirs.vmsService()
                            .vmService(watched.id())
                            .update()
                            .vm(vm().description("mine"))
                            .send())
                    .hasMessageContaining("403")
                    .hasMessageContaining("edit_vm_properties");
            assertThat(theirs.usersService()
                            .userService(joe.id())
                            .sshPublicKeysService()
                            .list()
                            .send()
                            .keys())
                    .isEmpty();
        }
        assertThat(system.vmsService()
                        .vmService(watched.id())
                        .permissionsService()
                        .list()
                        .follow("role,user")
                        .send()
                        .permissions())
                .anyMatch(each -> each.role().name().equals("sdk-watcher")
                        && each.user().userName().equals("sdk-joe@internal-authz"));
    }

    @Test
    void groups_keys_and_options_of_users() {
        var team = system.groupsService()
                .add()
                .group(group().name("sdk-team").domain(domain().name("internal-authz")))
                .send()
                .group();
        assertThat(system.groupsService().list().search("name=sdk-team").send().groups())
                .extracting(each -> each.id())
                .containsExactly(team.id());
        var ann = system.usersService()
                .add()
                .user(user().userName("sdk-ann@internal")
                        .password(RunningEngine.PASSWORD)
                        .domain(domain().name("internal-authz")))
                .send()
                .user();
        var service = system.usersService().userService(ann.id());
        var key = service.sshPublicKeysService()
                .add()
                .key(sshPublicKey().content(OwnAccountTest.KEY))
                .send()
                .key();
        assertThat(service.sshPublicKeysService()
                        .keyService(key.id())
                        .get()
                        .send()
                        .key()
                        .content())
                .isEqualTo(OwnAccountTest.KEY);
        service.sshPublicKeysService().keyService(key.id()).remove().send();
        assertThat(service.sshPublicKeysService().list().send().keys()).isEmpty();
        var option = service.optionsService()
                .add()
                .option(userOption().name("sdk").content("{\"columns\":[1,2]}"))
                .send()
                .option();
        assertThat(service.optionsService().list().send().options())
                .extracting(each -> each.content())
                .containsExactly("{\"columns\":[1,2]}");
        service.optionsService().optionService(option.id()).remove().send();
        assertThat(service.optionsService().list().send().options()).isEmpty();
    }

    @Test
    void tags_bookmarks_and_labels() {
        var blue = system.tagsService().add().tag(tag().name("sdk-blue")).send().tag();
        var tagged = machine("sdk-tagged");
        var service = system.vmsService().vmService(tagged.id());
        service.tagsService().add().tag(tag().id(blue.id())).send();
        assertThat(system.vmsService().list().search("tag=sdk-blue").send().vms())
                .extracting(Vm::name)
                .containsExactly("sdk-tagged");
        service.tagsService().tagService(blue.id()).remove().send();
        assertThat(system.vmsService().list().search("tag=sdk-blue").send().vms())
                .isEmpty();
        var kept = system.bookmarksService()
                .add()
                .bookmark(bookmark().name("sdk-up").value("Vms: status=up"))
                .send()
                .bookmark();
        assertThat(system.bookmarksService()
                        .bookmarkService(kept.id())
                        .get()
                        .send()
                        .bookmark()
                        .value())
                .isEqualTo("Vms: status=up");
        system.bookmarksService().bookmarkService(kept.id()).remove().send();
        var gpu = system.affinityLabelsService()
                .add()
                .label(affinityLabel().name("sdk-gpu"))
                .send()
                .label();
        system.affinityLabelsService()
                .labelService(gpu.id())
                .vmsService()
                .add()
                .vm(vm().id(tagged.id()))
                .send();
        assertThat(service.affinityLabelsService().list().send().label())
                .extracting(each -> each.id())
                .containsExactly(gpu.id());
    }

    @Test
    void events_and_jobs_of_other_programs() {
        var told = system.eventsService()
                .add()
                .event(event().description("the room is warm")
                        .origin("sdk")
                        .customId(42)
                        .severity(LogSeverity.WARNING))
                .send()
                .event();
        assertThat(system.eventsService()
                        .list()
                        .search("origin=sdk")
                        .max(1)
                        .send()
                        .events())
                .extracting(each -> each.description())
                .containsExactly("the room is warm");
        system.eventsService().eventService(told.id()).remove().send();
        assertThat(system.eventsService().list().search("origin=sdk").send().events())
                .isEmpty();
        var work = system.jobsService()
                .add()
                .job(job().description("cooling the room"))
                .send()
                .job();
        var steps = system.jobsService().jobService(work.id()).stepsService();
        var fan = steps.add()
                .step(step().description("the fan").type(StepEnum.EXECUTING))
                .send()
                .step();
        steps.stepService(fan.id()).end().succeeded(true).send();
        assertThat(steps.stepService(fan.id()).get().send().step().status()).isEqualTo(StepStatus.FINISHED);
        system.jobsService().jobService(work.id()).end().succeeded(true).send();
        assertThat(system.jobsService().jobService(work.id()).get().send().job().status())
                .isEqualTo(JobStatus.FINISHED);
        system.jobsService().jobService(work.id()).clear().send();
    }

    @Test
    void quotas_belong_to_their_data_center() {
        var quotas = system.dataCentersService()
                .dataCenterService(Seeds.DATA_CENTER.toString())
                .quotasService();
        var made = quotas.add().quota(quota().name("sdk-quota")).send().quota();
        assertThat(quotas.list().send().quotas())
                .extracting(each -> each.name())
                .contains("sdk-quota");
        quotas.quotaService(made.id()).remove().send();
        assertThat(quotas.list().send().quotas())
                .extracting(each -> each.name())
                .doesNotContain("sdk-quota");
    }

    @Test
    void a_machine_begins_with_the_watchdog_of_its_template_and_filters_are_told_what_they_need() {
        var blank = system.templatesService()
                .templateService("00000000-0000-0000-0000-000000000000")
                .watchdogsService();
        var dog = blank.add()
                .watchdog(watchdog().action(WatchdogAction.POWEROFF).model(WatchdogModel.I6300ESB))
                .send()
                .watchdog();
        assertThatThrownBy(() -> blank.add()
                        .watchdog(watchdog().action(WatchdogAction.RESET).model(WatchdogModel.I6300ESB))
                        .send())
                .hasMessageContaining("409");
        var guarded = machine("sdk-guarded");
        blank.watchdogService(dog.id()).remove().send();
        var service = system.vmsService().vmService(guarded.id());
        assertThat(service.watchdogsService().list().send().watchdogs())
                .extracting(each -> each.action())
                .containsExactly(WatchdogAction.POWEROFF);
        var nics = service.nicsService();
        List<String> ids = List.of("nic2", "nic1").stream()
                .map(name -> nics.add().nic(nic().name(name)).send().nic().id())
                .toList();
        var parameters = nics.nicService(ids.getFirst()).networkFilterParametersService();
        var address = parameters
                .add()
                .parameter(networkFilterParameter().name("IP").value("192.0.2.7"))
                .send()
                .parameter();
        assertThat(parameters.list().send().parameters())
                .extracting(each -> each.name(), each -> each.value())
                .containsExactly(org.assertj.core.groups.Tuple.tuple("IP", "192.0.2.7"));
        parameters.parameterService(address.id()).remove().send();
        assertThat(parameters.list().send().parameters()).isEmpty();
        nics.nicService(ids.getFirst()).deactivate().send();
        assertThat(nics.nicService(ids.getFirst()).get().send().nic().plugged()).isFalse();
        service.reorderMacAddresses().send();
        var macs = nics.list().send().nics().stream()
                .sorted(java.util.Comparator.comparing(each -> each.name()))
                .map(each -> each.mac().address())
                .toList();
        assertThat(macs).hasSize(2).isSorted().doesNotHaveDuplicates();
    }

    @Test
    void a_machine_loses_its_screen_and_gets_it_again() {
        var service = system.vmsService().vmService(machine("sdk-headless").id());
        var console = service.graphicsConsolesService().list().send().consoles().getFirst();
        assertThatThrownBy(() -> service.graphicsConsolesService()
                        .add()
                        .console(graphicsConsole().protocol(GraphicsType.VNC))
                        .send())
                .hasMessageContaining("409");
        service.graphicsConsolesService().consoleService(console.id()).remove().send();
        assertThat(service.graphicsConsolesService().list().send().consoles()).isEmpty();
        var held = engine.inside().held();
        var decided = held.vms.model().named("sdk-headless").getFirst();
        assertThat(held.vms.definition(decided).getGraphicsList()).isEmpty();
        assertThat(held.vms.definition(decided).getVideoModel()).isEqualTo("none");
        assertThatThrownBy(() -> service.graphicsConsolesService()
                        .add()
                        .console(graphicsConsole().protocol(GraphicsType.SPICE))
                        .send())
                .hasMessageContaining("400");
        service.graphicsConsolesService()
                .add()
                .console(graphicsConsole().protocol(GraphicsType.VNC))
                .send();
        assertThat(service.graphicsConsolesService().list().send().consoles())
                .extracting(each -> each.id())
                .containsExactly(console.id());
    }
}
