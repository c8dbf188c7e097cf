/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.ncl;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

import io.github.dl4jcurvature.ncl.StimulusResponseTasks.Rule;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.RnnLossLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/** Trials against the description of their generator; times in steps of 100 ms. */
class StimulusTrialTest {
    private static final int TRIALS = 4000;
    private static final double BASE = 0.05;
    private static final List<Rule> RULES =
            List.of(Rule.FDGO, Rule.FDANTI, Rule.DELAYGO, Rule.DELAYANTI, Rule.DM1, Rule.DM2);

    private static List<StimulusTrial> trials(Rule rule) {
        return IntStream.range(0, TRIALS)
                .mapToObj(index -> StimulusTrial.of(rule, 9, index))
                .toList();
    }

    /** What is uniform in [from, to) has its mean, within 5 standard errors, and leaves no tenth of the range empty. */
    private static void assertUniform(double from, double to, double... values) {
        boolean[] tenths = new boolean[10];
        double sum = 0;
        for (double value : values) {
            assertThat(value).isBetween(from, to);
            tenths[Math.min(9, (int) (10 * (value - from) / (to - from)))] = true;
            sum += value;
        }
        assertThat(tenths).doesNotContain(false);
        double error = (to - from) / Math.sqrt(12 * values.length);
        assertThat(sum / values.length).isCloseTo((from + to) / 2, within(5 * error));
    }

    private static double[] values(List<StimulusTrial> trials, ToDoubleFunction<StimulusTrial> what) {
        return trials.stream().mapToDouble(what).toArray();
    }

    /** The whole part of a uniform number between whole ones is uniform on whole numbers: all occur, with their mean within 5 standard errors. */
    private static void assertWhole(int from, int to, double... values) {
        double sum = 0;
        for (double value : values) {
            assertThat(value).isBetween((double) from, to - 1.0);
            sum += value;
        }
        assertThat(sum / values.length)
                .isCloseTo((from + to - 1) / 2.0, within(5 * (to - from) / Math.sqrt(12.0 * values.length)));
        assertThat(Arrays.stream(values).distinct()).hasSize(to - from);
    }

    @ParameterizedTest
    @EnumSource(names = {"FDGO", "FDANTI", "DELAYGO", "DELAYANTI"})
    void oneStimulusAndItsAnswer(Rule rule) {
        boolean stays = rule == Rule.FDGO || rule == Rule.FDANTI;
        boolean opposite = rule == Rule.FDANTI || rule == Rule.DELAYANTI;
        List<StimulusTrial> trials = trials(rule);
        assertWhole(3, 7, values(trials, StimulusTrial::on));
        assertUniform(0, 2 * Math.PI, values(trials, trial -> trial.angles()[0]));
        assertThat(values(trials, StimulusTrial::modality)).containsOnly(0, 1);
        for (StimulusTrial trial : trials) {
            assertThat(trial.angles()).hasSize(1);
            assertThat(trial.strengths()).containsExactly(1);
            assertThat(trial.answer()).isEqualTo(trial.angles()[0] + (opposite ? Math.PI : 0));
            assertThat(trial.steps() - trial.release()).isBetween(3, 7);
            if (stays) {
                assertThat(trial.off()).isEqualTo(trial.steps());
                assertThat(trial.release() - trial.on()).isBetween(5, 15);
            } else {
                assertThat(trial.off() - trial.on()).isBetween(2, 6);
                assertThat(trial.release() - trial.off()).isBetween(2, 16);
            }
        }
        if (stays) {
            assertDuration(5, 15, trials, trial -> trial.release() - trial.on());
        } else {
            assertDuration(2, 6, trials, trial -> trial.off() - trial.on());
            assertDuration(2, 16, trials, trial -> trial.release() - trial.off());
        }
        assertDuration(3, 7, trials, trial -> trial.steps() - trial.release());
    }

    /**
     * The whole part of a start and that of the start plus a uniform duration from [from, to) differ by the duration on average, with at
     * most a quarter more variance; 5 standard errors.
     */
    private static void assertDuration(
            double from, double to, List<StimulusTrial> trials, ToDoubleFunction<StimulusTrial> what) {
        double variance = (to - from) * (to - from) / 12 + 0.25;
        assertThat(trials.stream().mapToDouble(what).average().orElseThrow())
                .isCloseTo((from + to) / 2, within(5 * Math.sqrt(variance / trials.size())));
    }

    @ParameterizedTest
    @EnumSource(names = {"DM1", "DM2"})
    void theStrongerOfTwoStimuliIsTheAnswer(Rule rule) {
        List<StimulusTrial> trials = trials(rule);
        assertWhole(1, 4, values(trials, StimulusTrial::on));
        assertUniform(0.8, 1.2, values(trials, trial -> (trial.strengths()[0] + trial.strengths()[1]) / 2));
        assertUniform(0.4, 0.8, values(trials, trial -> Math.abs(trial.strengths()[0] - trial.strengths()[1]) / 2));
        assertUniform(0.5 * Math.PI, 1.5 * Math.PI, values(trials, trial -> trial.angles()[1] - trial.angles()[0]));
        assertDuration(6, 14, trials, trial -> trial.release() - trial.on());
        assertDuration(3, 7, trials, trial -> trial.steps() - trial.release());
        int first = 0;
        for (StimulusTrial trial : trials) {
            boolean firstIsStronger = trial.strengths()[0] > trial.strengths()[1];
            first += firstIsStronger ? 1 : 0;
            assertThat(trial.answer()).isEqualTo(trial.angles()[firstIsStronger ? 0 : 1]);
            assertThat(trial.modality()).isEqualTo(rule == Rule.DM1 ? 0 : 1);
            assertThat(trial.off()).isEqualTo(trial.release());
            assertThat(trial.release() - trial.on()).isBetween(6, 14);
        }
        assertThat(first).isBetween(TRIALS / 2 - 160, TRIALS / 2 + 160); // 5 standard errors
    }

    @Test
    void rulesSeedsAndIndicesHaveTrialsOfTheirOwn() {
        Set<Double> angles = new HashSet<>();
        for (Rule rule : Rule.values()) {
            for (long seed = 1; seed <= 3; seed++) {
                for (long index = 0; index < 10; index++) {
                    angles.add(StimulusTrial.of(rule, seed, index).angles()[0]);
                }
            }
        }
        assertThat(angles).hasSize(6 * 3 * 10);
    }

    /** Two trials without noise, the shorter one padded, entry by entry. */
    @ParameterizedTest
    @EnumSource
    void rowsAreWhatTheTrialSays(Rule rule) {
        List<StimulusTrial> pair = List.of(StimulusTrial.of(rule, 4, 0), StimulusTrial.of(rule, 4, 1));
        int longest = pair.stream().mapToInt(StimulusTrial::steps).max().orElseThrow();
        SequenceArrays arrays = new SequenceArrays(2, longest + 1);
        for (int n = 0; n < 2; n++) {
            pair.get(n).write(arrays, n, new StimulusTrial.Levels(0, BASE, 0.8, 1));
        }
        MultiDataSet rows =
                arrays.toDataSet(StimulusResponseTasks.INPUTS, StimulusResponseTasks.OUTPUTS, DataType.DOUBLE);
        for (int n = 0; n < 2; n++) {
            for (int t = 0; t <= longest; t++) {
                assertInput(rows.getFeatures(0), pair.get(n), n, t);
                assertLabel(rows.getLabels(0), pair.get(n), n, t);
                boolean there = t < pair.get(n).steps();
                assertThat(rows.getFeaturesMaskArray(0).getDouble(n, t)).isEqualTo(there ? 1 : 0);
                boolean counts = there && t > 0 && t != pair.get(n).release();
                assertThat(rows.getLabelsMaskArray(0).getDouble(n, t)).isEqualTo(counts ? 1 : 0);
            }
        }
    }

    private static void assertInput(INDArray inputs, StimulusTrial trial, int n, int t) {
        double[] expected = new double[StimulusResponseTasks.INPUTS];
        if (t < trial.steps()) {
            expected[0] = t < trial.release() ? 1 : 0;
            expected[5 + RULES.indexOf(trial.rule())] = 1;
        }
        if (t >= trial.on() && t < trial.off()) {
            for (int s = 0; s < trial.angles().length; s++) {
                expected[1 + 2 * trial.modality()] += trial.strengths()[s] * Math.sin(trial.angles()[s]);
                expected[2 + 2 * trial.modality()] += trial.strengths()[s] * Math.cos(trial.angles()[s]);
            }
        }
        for (int channel = 0; channel < expected.length; channel++) {
            assertThat(inputs.getDouble(n, channel, t)).isEqualTo(expected[channel]);
        }
    }

    private static void assertLabel(INDArray labels, StimulusTrial trial, int n, int t) {
        double[] expected = new double[3];
        if (t < trial.release()) {
            expected = new double[] {BASE + 0.8, BASE, BASE};
        } else if (t < trial.steps()) {
            expected = new double[] {BASE, BASE + Math.sin(trial.answer()), BASE + Math.cos(trial.answer())};
        }
        for (int channel = 0; channel < 3; channel++) {
            assertThat(labels.getDouble(n, channel, t)).isCloseTo(expected[channel], within(1e-15));
        }
    }

    @Test
    void aFifthOfTheStepsBeforeTheAnswerIsLabelled() {
        long labelled = 0;
        long before = 0;
        double squares = 0;
        long inputs = 0;
        for (StimulusTrial trial : trials(Rule.DELAYGO).subList(0, 400)) {
            SequenceArrays arrays = new SequenceArrays(1, trial.steps());
            trial.write(arrays, 0, new StimulusTrial.Levels(0.3, BASE, 0.8, 0.2));
            MultiDataSet rows =
                    arrays.toDataSet(StimulusResponseTasks.INPUTS, StimulusResponseTasks.OUTPUTS, DataType.DOUBLE);
            for (int t = 1; t < trial.release(); t++) {
                before++;
                labelled += rows.getLabelsMaskArray(0).getDouble(0, t) == 1 ? 1 : 0;
            }
            for (int t = 0; t < trial.on(); t++) { // nothing is shown in these channels yet
                for (int channel = 1; channel < 5; channel++) {
                    double noise = rows.getFeatures(0).getDouble(0, channel, t);
                    squares += noise * noise;
                    inputs++;
                }
            }
        }
        assertThat((double) labelled / before).isCloseTo(0.2, within(5 * Math.sqrt(0.16 / before)));
        assertThat(squares / inputs).isCloseTo(0.09, within(5 * 0.09 * Math.sqrt(2.0 / inputs)));
    }

    @Test
    void aStreamHasTheRulesInOrderWithTrialsOfItsSeed() {
        TaskStream stream = StimulusResponseTasks.stream(20, 10, 5, DataType.DOUBLE);
        assertThat(stream.names()).containsExactly("fdgo", "fdanti", "delaygo", "delayanti", "dm1", "dm2");
        for (int task = 0; task < 6; task++) {
            Task each = stream.tasks().get(task);
            assertThat(each.train().examples()).isEqualTo(20);
            assertThat(each.test().examples()).isEqualTo(10);
            assertThat(each.train().batch(3).getFeatures(0))
                    .isEqualTo(StimulusResponseTasks.trials(RULES.get(task), 20, 10, DataType.DOUBLE)
                            .batch(3)
                            .getFeatures(0));
            assertThat(each.test().batch(3).getFeatures(0))
                    .isEqualTo(StimulusResponseTasks.trials(RULES.get(task), 10, 11, DataType.DOUBLE)
                            .batch(3)
                            .getFeatures(0));
        }
    }

    /** Answers at the last step that is no padding: right, one after the other, but for those that are named. */
    @Test
    void anAnswerIsRightIfFixationIsReleasedAndTheAngleNear() {
        double limit = 0.1 * Math.PI;
        assertThat(share(0, 0, 0.3)).isEqualTo(1);
        assertThat(share(0, 0.5, 0.3)).isEqualTo(1);
        assertThat(share(0, 0.5001, 0.3)).as("fixates").isZero();
        assertThat(share(limit - 1e-6, 0, 0.3)).isEqualTo(1);
        assertThat(share(-limit + 1e-6, 0, 0.3)).isEqualTo(1);
        assertThat(share(limit + 1e-6, 0, 0.3)).as("turned too far").isZero();
        assertThat(share(-limit - 1e-6, 0, 0.3)).as("turned too far").isZero();
        assertThat(share(0.2, 0, Math.PI - 0.1))
                .as("across the angle where it starts anew")
                .isEqualTo(1);
    }

    /** Share of right answers of a network that says what it is given: the wrong answer, but at step 1 of 3, the last that counts, another. */
    private static double share(double error, double fixation, double answer) {
        INDArray given = Nd4j.zeros(DataType.DOUBLE, 1, 3, 3);
        INDArray wanted = Nd4j.valueArrayOf(new long[] {1, 3, 3}, BASE, DataType.DOUBLE);
        for (int t = 0; t < 3; t++) {
            double angle = answer + (t == 1 ? error : 2.5);
            given.putScalar(0, 0, t, fixation)
                    .putScalar(0, 1, t, Math.sin(angle))
                    .putScalar(0, 2, t, Math.cos(angle));
            wanted.putScalar(0, 1, t, BASE + Math.sin(answer)).putScalar(0, 2, t, BASE + Math.cos(answer));
        }
        INDArray mask = Nd4j.createFromArray(new double[][] {{0, 1, 0}});
        DataSet data = new DataSet(given, wanted, null, mask);
        MultiLayerNetwork echo = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .dataType(DataType.DOUBLE)
                .list()
                .layer(new RnnLossLayer.Builder(LossFunction.MSE)
                        .activation(Activation.IDENTITY)
                        .build())
                .setInputType(InputType.recurrent(3))
                .build());
        echo.init();
        return StimulusResponseTasks.correct().of(echo, new Task("task", TaskData.of(data), TaskData.of(data)));
    }
}
