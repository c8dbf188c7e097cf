/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.architecture;

import java.io.IOException;
import java.net.URI;
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
class DocumentSnippetsTest {
    @TempDir
    static Path output;

    @TestFactory
    Stream<DynamicTest> everyJavaBlockCompiles() throws IOException {
        List<JavaSnippet> snippets = new ArrayList<>();
        for (MarkdownPage page : MarkdownPage.all()) {
            snippets.addAll(JavaSnippet.of(page));
        }
        assertThat(snippets).extracting(JavaSnippet::name).anyMatch(name -> name.startsWith("README.md"));
        return snippets.stream()
                .map(snippet -> DynamicTest.dynamicTest(
                        snippet.name(), () -> assertThat(errors(snippet)).isEmpty()));
    }

    @Test
    void aWrongSnippetIsFound() throws IOException {
        String markdown = "text\n```java\nString greeting = 1;\n```\n```bash\nls\n```\n```java\nclass Sound {}\n```\n";

        List<JavaSnippet> snippets = JavaSnippet.of(new MarkdownPage(MarkdownPage.ROOT.resolve("page.md"), markdown));

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
                            List.of("-proc:none", "-classpath", ClassPath.ofTheTests()),
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
        private static final Pattern IMPORT = Pattern.compile("^import .*?;\\R?", Pattern.MULTILINE);
        private static final Pattern TYPE = Pattern.compile(
                "^(?:public |final |abstract )*(?:class|record|interface|enum) (\\w+)", Pattern.MULTILINE);

        static List<JavaSnippet> of(MarkdownPage page) {
            return page.blocks().stream()
                    .filter(block -> block.language().equals("java"))
                    .map(block -> of("%s:%d".formatted(page.name(), block.line()), block.code()))
                    .toList();
        }

        private static JavaSnippet of(String name, String code) {
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
