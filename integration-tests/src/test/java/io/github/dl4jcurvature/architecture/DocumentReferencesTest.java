/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.architecture;

import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarFile;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** What the documents name exists: examples, profiles, modules, pages, headings, types. */
class DocumentReferencesTest {
    private static final String ROOT_PACKAGE = "io.github.dl4jcurvature";
    private static final Pattern EXAMPLE = Pattern.compile("-Dexample=(\\w+)");
    private static final Pattern PROFILES = Pattern.compile("(?:^| )-P([\\w,]+)");
    private static final Pattern MODULES = Pattern.compile(" -pl ([\\w,-]+)");
    private static final Pattern PROFILE = Pattern.compile("<profile>\\s*<id>([\\w-]+)</id>");
    private static final Pattern TYPE =
            Pattern.compile("((?:[a-z]\\w*\\.)*)([A-Z][A-Za-z0-9]*[a-z][A-Za-z0-9]*)(?:[.#(<].*)?");
    private static final String ANY_EXAMPLE = "NAME";
    /** Types of jars that are not on the class path of this module, and a manifold. */
    private static final Set<String> ELSEWHERE = Set.of("UserDefinedCustomOp", "T1xR1");

    private static List<MarkdownPage> pages;

    @BeforeAll
    static void read() throws IOException {
        pages = MarkdownPage.all();
        assertThat(pages)
                .extracting(MarkdownPage::name)
                .contains("README.md", "CONTRIBUTING.md", "docs/architecture.md");
    }

    @Test
    void examplesExist() throws IOException {
        Set<String> examples = examples();
        List<String> missing = new ArrayList<>();
        int named = 0;
        for (MarkdownPage page : pages) {
            for (String command : commands(page)) {
                for (String name : first(EXAMPLE, command)) {
                    named++;
                    if (!name.equals(ANY_EXAMPLE) && !examples.contains(name)) {
                        missing.add(page.name() + ": " + command);
                    }
                }
            }
        }
        assertThat(named).isGreaterThan(10);
        assertThat(missing).isEmpty();
    }

    @Test
    void profilesAndModulesExist() throws IOException {
        String root = Files.readString(MarkdownPage.ROOT.resolve("pom.xml"));
        Set<String> profiles = new TreeSet<>(first(PROFILE, root));
        profiles.addAll(first(PROFILE, Files.readString(Path.of("pom.xml"))));
        Set<String> modules = new TreeSet<>(first(Pattern.compile("<module>([\\w-]+)</module>"), root));
        assertThat(profiles).contains("example", "demo", "quality");
        List<String> missing = new ArrayList<>();
        for (MarkdownPage page : pages) {
            for (String command : commands(page)) {
                check(page, command, PROFILES, profiles, missing);
                check(page, command, MODULES, modules, missing);
            }
        }
        assertThat(missing).isEmpty();
    }

    private static void check(
            MarkdownPage page, String command, Pattern option, Set<String> known, List<String> missing) {
        for (String list : first(option, command)) {
            for (String name : list.split(",", -1)) {
                if (!known.contains(name) && !name.equals("MODULE")) {
                    missing.add("%s: %s in '%s'".formatted(page.name(), name, command));
                }
            }
        }
    }

    @Test
    void linksResolve() throws IOException {
        List<String> broken = new ArrayList<>();
        for (MarkdownPage page : pages) {
            for (String link : page.links()) {
                int hash = link.indexOf('#');
                String file = hash < 0 ? link : link.substring(0, hash);
                Path target = file.isEmpty() ? page.path() : page.path().resolveSibling(file);
                boolean resolves = Files.exists(target)
                        && (hash < 0 || MarkdownPage.of(target).anchors().contains(link.substring(hash + 1)));
                if (!resolves) {
                    broken.add(page.name() + ": " + link);
                }
            }
        }
        assertThat(broken).isEmpty();
    }

    @Test
    void typesOfTheTableOfPackagesArePublic() throws IOException {
        List<JavaClass> classes = new ArrayList<>();
        new ClassFileImporter().importPackages(ROOT_PACKAGE).forEach(classes::add);
        List<String> missing = new ArrayList<>();
        int named = 0;
        for (List<String> row : MarkdownPage.of(MarkdownPage.ROOT.resolve("docs/architecture.md"))
                .rows()) {
            if (row.size() != 3 || !row.get(0).matches("`[a-z]+`")) {
                continue;
            }
            String prefix = ROOT_PACKAGE + "." + row.get(0).replace("`", "");
            for (String span : first(Pattern.compile("`([^`]+)`"), row.get(2))) {
                String name = span.substring(span.lastIndexOf('.') + 1);
                named++;
                if (classes.stream().noneMatch(type -> isPublic(type, prefix, name))) {
                    missing.add(prefix + ": " + span);
                }
            }
        }
        assertThat(named).isGreaterThan(90);
        assertThat(missing).isEmpty();
    }

    private static boolean isPublic(JavaClass type, String prefix, String name) {
        return type.getSimpleName().equals(name)
                && (type.getPackageName().equals(prefix)
                        || type.getPackageName().startsWith(prefix + "."))
                && type.getModifiers().contains(JavaModifier.PUBLIC);
    }

    /** A word in backticks that looks like a type, such as {@code KroneckerPrior} or {@code Gemm.dot}, is one of some class path entry. */
    @Test
    void typesInBackticksExist() throws IOException {
        Set<String> known = typesOfTheClassPath();
        known.addAll(ELSEWHERE);
        List<String> missing = new ArrayList<>();
        for (MarkdownPage page : MarkdownPage.current()) {
            for (String span : page.codeSpans()) {
                var match = TYPE.matcher(span);
                if (match.matches() && !known.contains(match.group(2))) {
                    missing.add(page.name() + ": " + span);
                }
            }
        }
        assertThat(missing).isEmpty();
    }

    private static Set<String> typesOfTheClassPath() throws IOException {
        Set<String> names = new TreeSet<>(examples());
        for (String entry : ClassPath.ofTheTests().split(File.pathSeparator, -1)) {
            Path path = Path.of(entry);
            if (Files.isDirectory(path)) {
                try (Stream<Path> files = Files.walk(path)) {
                    files.forEach(file -> addType(file.getFileName().toString(), names));
                }
            } else if (Files.exists(path)) {
                try (JarFile jar = new JarFile(path.toFile())) {
                    jar.stream().forEach(file -> addType(file.getName().replaceAll(".*/", ""), names));
                }
            }
        }
        try (Stream<Path> platform =
                Files.walk(FileSystems.getFileSystem(URI.create("jrt:/")).getPath("/modules/java.base/java"))) {
            platform.forEach(file -> addType(file.getFileName().toString(), names));
        }
        return names;
    }

    private static void addType(String file, Set<String> names) {
        if (file.endsWith(".class")) {
            names.add(file.substring(file.lastIndexOf('$') + 1, file.length() - ".class".length()));
        }
    }

    private static Set<String> examples() throws IOException {
        try (Stream<Path> files = Files.walk(Path.of("src"))) {
            return files.filter(file ->
                            file.endsWith(Path.of("examples", file.getFileName().toString())))
                    .map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".java"))
                    .map(name -> name.substring(0, name.length() - ".java".length()))
                    .collect(Collectors.toCollection(TreeSet::new));
        }
    }

    /** Calls of Maven in backticks and in blocks. */
    private static List<String> commands(MarkdownPage page) {
        return Stream.concat(
                        page.codeSpans().stream(),
                        page.blocks().stream().flatMap(block -> block.code().lines()))
                .filter(line -> line.contains("mvn "))
                .toList();
    }

    private static List<String> first(Pattern pattern, String text) {
        return pattern.matcher(text).results().map(match -> match.group(1)).toList();
    }
}
