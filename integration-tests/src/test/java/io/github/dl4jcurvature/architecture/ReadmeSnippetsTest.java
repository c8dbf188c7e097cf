/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.architecture;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.StandardLocation;
import javax.tools.ToolProvider;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** The Java blocks of the documents compile against the modules of this build. */
class ReadmeSnippetsTest {
    private static final List<Path> PAGES = List.of(
            Path.of("..", "README.md"),
            Path.of("..", "docs", "methods", "checkpoints.md"),
            Path.of("..", "docs", "methods", "manifold-gplvm.md"));

    @TempDir
    static Path output;

    @TestFactory
    Stream<DynamicTest> everyJavaBlockCompiles() throws IOException {
        List<JavaSnippet> snippets = new ArrayList<>();
        for (Path page : PAGES) {
            List<JavaSnippet> ofPage = JavaSnippet.of(Files.readString(page));
            assertThat(ofPage).as("java blocks of %s", page).isNotEmpty();
            snippets.addAll(ofPage);
        }
        return snippets.stream()
                .map(snippet -> DynamicTest.dynamicTest(
                        snippet.name(), () -> assertThat(errors(snippet)).isEmpty()));
    }

    @Test
    void aWrongSnippetIsFound() throws IOException {
        String markdown = "text\n```java\nString greeting = 1;\n```\n```bash\nls\n```\n```java\nclass Sound {}\n```\n";

        List<JavaSnippet> snippets = JavaSnippet.of(markdown);

        assertThat(snippets).hasSize(2);
        assertThat(errors(snippets.get(0)))
                .singleElement()
                .asString()
                .contains("int cannot be converted to java.lang.String");
        assertThat(errors(snippets.get(1))).isEmpty();
    }

    private static List<String> errors(JavaSnippet snippet) throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        DiagnosticCollector<JavaFileObject> diagnostics = new DiagnosticCollector<>();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(diagnostics, Locale.ROOT, null)) {
            files.setLocationFromPaths(StandardLocation.CLASS_OUTPUT, List.of(output));
            compiler.getTask(
                            null,
                            files,
                            diagnostics,
                            List.of("-proc:none", "-classpath", classPath()),
                            null,
                            List.of(new Source(snippet)))
                    .call();
        }
        return diagnostics.getDiagnostics().stream()
                .filter(diagnostic -> diagnostic.getKind() == javax.tools.Diagnostic.Kind.ERROR)
                .map(diagnostic ->
                        "line %d: %s".formatted(diagnostic.getLineNumber(), diagnostic.getMessage(Locale.ROOT)))
                .toList();
    }

    /** Surefire starts the tests with a jar that names the class path, and keeps the list in a property of its own. */
    private static String classPath() {
        return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    }

    private static final class Source extends SimpleJavaFileObject {
        private final JavaSnippet snippet;

        Source(JavaSnippet snippet) {
            super(URI.create("string:///" + snippet.className() + ".java"), Kind.SOURCE);
            this.snippet = snippet;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return snippet.source();
        }
    }

    /**
     * A fenced block of a Markdown file.
     *
     * @param name for people
     * @param className class declared by the source
     * @param source compilation unit
     */
    private record JavaSnippet(String name, String className, String source) {
        private static final Pattern BLOCK =
                Pattern.compile("^```java\\R(.*?)^```", Pattern.MULTILINE | Pattern.DOTALL);
        private static final Pattern IMPORT = Pattern.compile("^import .*?;\\R?", Pattern.MULTILINE);
        private static final Pattern TYPE = Pattern.compile(
                "^(?:public |final |abstract )*(?:class|record|interface|enum) (\\w+)", Pattern.MULTILINE);

        static List<JavaSnippet> of(String markdown) {
            return BLOCK.matcher(markdown)
                    .results()
                    .map(match -> of(markdown, match.start(), match.group(1)))
                    .toList();
        }

        private static JavaSnippet of(String markdown, int position, String code) {
            String name =
                    "README.md:" + (1 + markdown.substring(0, position).lines().count());
            var type = TYPE.matcher(code);
            if (type.find()) {
                return new JavaSnippet(name, type.group(1), code);
            }
            String imports = String.join(
                    "",
                    IMPORT.matcher(code).results().map(match -> match.group()).toList());
            String body = IMPORT.matcher(code).replaceAll("");
            return new JavaSnippet(
                    name, "Fragment", imports + "class Fragment { void run() throws Exception {\n" + body + "\n} }");
        }
    }
}
