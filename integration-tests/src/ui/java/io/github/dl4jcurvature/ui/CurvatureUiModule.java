/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.ui;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;

import io.vertx.ext.web.RoutingContext;
import org.deeplearning4j.core.storage.StatsStorage;
import org.deeplearning4j.core.storage.StatsStorageEvent;
import org.deeplearning4j.ui.api.HttpMethod;
import org.deeplearning4j.ui.api.Route;
import org.deeplearning4j.ui.api.UIModule;
import org.deeplearning4j.ui.i18n.I18NResource;

/**
 * Page {@code /curvature} of the training user interface, with the data at {@code /curvature/data?session=...}. The interface finds it on
 * the class path.
 */
public final class CurvatureUiModule implements UIModule {
    private static final String PAGE = "curvature.html";

    private final List<StatsStorage> storages = new CopyOnWriteArrayList<>();
    private final String page = page();

    /** The interface's service loader needs this. */
    public CurvatureUiModule() {}

    private static String page() {
        try (InputStream stream = CurvatureUiModule.class.getResourceAsStream(PAGE)) {
            Objects.requireNonNull(stream, "the class path has no " + PAGE + "; build with the profile ui");
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + PAGE, e);
        }
    }

    @Override
    public List<String> getCallbackTypeIDs() {
        return List.of(CurvatureRecord.TYPE_ID);
    }

    @Override
    public List<Route> getRoutes() {
        return List.of(
                new Route("/curvature", HttpMethod.GET, (path, context) -> send(context, "text/html", page)),
                new Route(
                        "/curvature/data",
                        HttpMethod.GET,
                        (path, context) -> send(context, "application/json", data(context))));
    }

    private static void send(RoutingContext context, String type, String body) {
        context.response().putHeader("content-type", type + "; charset=utf-8").end(body);
    }

    private String data(RoutingContext context) {
        List<String> wanted = context.queryParam("session");
        return new ChartData(storages, wanted.isEmpty() ? null : wanted.get(0)).toJson();
    }

    @Override
    public void reportStorageEvents(Collection<StatsStorageEvent> events) {
        // the page asks for its data, which come from the storage
    }

    @Override
    public void onAttach(StatsStorage storage) {
        storages.add(storage);
    }

    @Override
    public void onDetach(StatsStorage storage) {
        storages.remove(storage);
    }

    @Override
    public List<I18NResource> getInternationalizationResources() {
        return List.of();
    }
}
