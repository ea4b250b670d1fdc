package dev.motorpool;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** {@code ./mvnw test} stays quick: tests that start services or workers say so by a tag. */
class TestTagsTest {

    private static final Set<String> PROCESSES = Set.of(
            "dev.motorpool.http.ServiceExtension",
            "dev.motorpool.testing.ServiceProcess",
            "dev.motorpool.testing.ServiceProgram",
            "dev.motorpool.testing.RealWorkers");

    private static final JavaClasses TESTS = new ClassFileImporter()
            .withImportOption(new ImportOption.OnlyIncludeTests())
            .importPackages("dev.motorpool");

    @Test
    void testsThatStartProcessesAreTagged() {
        List<String> untagged = TESTS.stream()
                .filter(type -> type.getSimpleName().endsWith("Test") && type.isTopLevelClass())
                .filter(type -> !tagged(type) && startsProcesses(type))
                .map(JavaClass::getName)
                .sorted()
                .toList();

        assertThat(untagged).isEmpty();
    }

    private static boolean tagged(JavaClass type) {
        return type.isAnnotatedWith(Tag.class)
                && Set.of("service", "slow")
                        .contains(type.getAnnotationOfType(Tag.class).value());
    }

    /** Through the classes of the tests that it uses, too. */
    private static boolean startsProcesses(JavaClass type) {
        Deque<JavaClass> open = new ArrayDeque<>(List.of(type));
        Set<JavaClass> seen = new HashSet<>(open);
        while (!open.isEmpty()) {
            JavaClass next = open.remove();
            if (PROCESSES.contains(next.getName())) {
                return true;
            }
            for (Dependency dependency : next.getDirectDependenciesFromSelf()) {
                JavaClass used = dependency.getTargetClass();
                if (TESTS.contain(used.getName()) && seen.add(used)) {
                    open.add(used);
                }
            }
        }
        return false;
    }
}
