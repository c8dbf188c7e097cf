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
     *     using those it chose; a number of iterations for each task, by default 800, for the LSTM 400
     */
    public static void main(String[] arguments) {
        List<String> words = Arrays.asList(arguments);
        Cell cell = words.contains("lstm") ? Cell.LSTM : Cell.RNN;
        StimulusBenchmark benchmark = new StimulusBenchmark(cell, cell == Cell.LSTM ? 32 : 64, iterations(words, cell));
        ContinualStudy study = new ContinualStudy(benchmark, THREADS);
        boolean select = words.contains("select");
        Map<ContinualMethod, ContinualSetting> settings =
                select ? study.select(ContinualMethod.WITHOUT_DATA) : chosen(cell);
        List<ContinualStudy.Outcome> outcomes = study.run(settings, SEEDS);
        System.out.println(Machine.description());
        if (select) {
            System.out.println(study.trials());
        }
        System.out.println(ContinualStudy.table(outcomes));
        System.out.println(ContinualStudy.figures("", outcomes));
    }

    private static int iterations(List<String> words, Cell cell) {
        return words.stream()
                .filter(word -> word.matches("[0-9]+"))
                .mapToInt(Integer::parseInt)
                .findFirst()
                .orElse(cell == Cell.LSTM ? 400 : 800);
    }

    /** What the protocol chose, with the default numbers of iterations. */
    private static Map<ContinualMethod, ContinualSetting> chosen(Cell cell) {
        boolean lstm = cell == Cell.LSTM;
        Map<ContinualMethod, ContinualSetting> settings = new LinkedHashMap<>();
        settings.put(ContinualMethod.NCL, new ContinualSetting(0.01, lstm ? 3000 : 1000));
        settings.put(ContinualMethod.PROJECTION, new ContinualSetting(0.01, lstm ? 3000 : 1000));
        settings.put(ContinualMethod.KFAC, new ContinualSetting(0.002, 10));
        settings.put(ContinualMethod.OWM, new ContinualSetting(0.01, 300));
        settings.put(ContinualMethod.DOWM, new ContinualSetting(0.01, lstm ? 300 : 100));
        settings.put(ContinualMethod.EWC, new ContinualSetting(0.002, 10));
        settings.put(ContinualMethod.SGD, new ContinualSetting(lstm ? 0.01 : 0.005, 0));
        settings.put(ContinualMethod.ADAM, new ContinualSetting(lstm ? 0.001 : 0.002, 0));
        settings.put(ContinualMethod.JOINT, new ContinualSetting(0.002, 0));
        return settings;
    }
}
