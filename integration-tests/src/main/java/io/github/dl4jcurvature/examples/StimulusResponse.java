/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.examples;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.github.dl4jcurvature.examples.continual.ContinualMethod;
import io.github.dl4jcurvature.examples.continual.ContinualSetting;
import io.github.dl4jcurvature.examples.continual.ContinualStudy;
import io.github.dl4jcurvature.examples.continual.StimulusBenchmark;
import io.github.dl4jcurvature.examples.continual.StimulusBenchmark.Cell;
import io.github.dl4jcurvature.examples.experiment.Machine;

/** Six stimulus-response tasks learned one after another by a recurrent network, with all learners. */
public final class StimulusResponse {
    private static final List<Long> SEEDS = List.of(1L, 2L, 3L);
    private static final int THREADS = 2;

    private StimulusResponse() {}

    /**
     * Trains all learners and prints averages and backward transfers.
     *
     * @param arguments {@code rnn} (default) or {@code lstm}; {@code select} to choose the settings anew by the protocol instead of
     *     using those it chose
     */
    public static void main(String[] arguments) {
        List<String> words = Arrays.asList(arguments);
        Cell cell = words.contains("lstm") ? Cell.LSTM : Cell.RNN;
        StimulusBenchmark benchmark = new StimulusBenchmark(cell, cell == Cell.LSTM ? 32 : 64, 400);
        ContinualStudy study = new ContinualStudy(benchmark, THREADS);
        boolean select = words.contains("select");
        Map<ContinualMethod, ContinualSetting> settings =
                select ? study.select(Arrays.asList(ContinualMethod.values())) : chosen(cell);
        List<ContinualStudy.Outcome> outcomes = study.run(settings, SEEDS);
        System.out.println(Machine.description());
        if (select) {
            System.out.println(study.trials());
        }
        System.out.println(ContinualStudy.table(outcomes));
        System.out.println(ContinualStudy.figures("", outcomes));
    }

    /** What the protocol chose. */
    private static Map<ContinualMethod, ContinualSetting> chosen(Cell cell) {
        Map<ContinualMethod, ContinualSetting> settings = new LinkedHashMap<>();
        for (ContinualMethod method : ContinualMethod.values()) {
            settings.put(method, new ContinualSetting(0.003, cell == Cell.RNN ? 1000 : 100));
        }
        return settings;
    }
}
