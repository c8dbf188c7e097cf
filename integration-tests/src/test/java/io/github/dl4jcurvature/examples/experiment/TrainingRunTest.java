/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.examples.experiment;

import java.util.List;

import io.github.dl4jcurvature.examples.data.OpticalDigits;
import io.github.dl4jcurvature.examples.data.Part;
import io.github.dl4jcurvature.examples.data.Target;
import io.github.dl4jcurvature.fishleg.FishLeg;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Sgd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class TrainingRunTest {
    private static final OpticalDigits DIGITS = new OpticalDigits(1);
    private static final LearningTask CLASSIFIER = task(NetworkDesign.classifier(64, 8, 10), Target.CLASS);
    private static final LearningTask AUTOENCODER =
            task(NetworkDesign.sigmoidAutoencoder(64, 12, 4, 12, 64), Target.PIXELS);

    private static LearningTask task(NetworkDesign design, Target target) {
        return new LearningTask(
                "task",
                design,
                DIGITS.part(Part.TRAIN, target),
                DIGITS.part(Part.VALIDATION, target),
                DIGITS.part(Part.TEST, target),
                50);
    }

    static List<IUpdater> updaters() {
        return List.of(new Adam(1e-2), FishLeg.builder().updateEvery(3).build());
    }

    @ParameterizedTest
    @MethodSource("updaters")
    void equalSeedsGiveEqualNumbersWhateverTheRhythm(IUpdater updater) {
        double inOneGo = new TrainingRun(AUTOENCODER, updater, 4).trainSteps(24).loss(AUTOENCODER.test());
        TrainingRun turns = new TrainingRun(AUTOENCODER, updater, 4);
        for (int turn = 0; turn < 4; turn++) {
            turns.trainSteps(6).record();
        }

        assertThat(turns.curve().last().test()).isEqualTo(inOneGo);
        assertThat(turns.curve().values(LearningCurve.Point::step)).containsExactly(6, 12, 18, 24);
    }

    /** Weights and batches must not depend on the updater: at rate 0 nothing moves and all losses agree. */
    @Test
    void allUpdatersStartFromTheSameWeights() {
        double adam = new TrainingRun(AUTOENCODER, new Adam(1e-3), 4).loss(AUTOENCODER.train());
        double fishLeg = new TrainingRun(AUTOENCODER, new FishLeg(), 4).loss(AUTOENCODER.train());
        double frozen =
                new TrainingRun(AUTOENCODER, new Sgd(0), 4).trainSteps(3).loss(AUTOENCODER.train());

        assertThat(fishLeg).isEqualTo(adam);
        assertThat(frozen).isEqualTo(adam);
        assertThat(new TrainingRun(AUTOENCODER, new Adam(1e-3), 5).loss(AUTOENCODER.train()))
                .isNotEqualTo(adam);
    }

    @Test
    void theClockAndTheCurveFollowTheSteps() {
        TrainingRun run = new TrainingRun(CLASSIFIER, new Adam(1e-2), 1);
        assertThat(run.millisecondsPerStep()).isZero();
        assertThatThrownBy(() -> run.curve().last())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("record()");

        run.record().trainSteps(60).record();

        List<LearningCurve.Point> points = run.curve().points();
        assertThat(points).extracting(LearningCurve.Point::step).containsExactly(0, 60);
        assertThat(points.get(0).seconds()).isZero();
        assertThat(points.get(1).seconds()).isEqualTo(run.seconds()).isPositive();
        assertThat(points.get(1).train()).isLessThan(points.get(0).train());
        int before = run.steps();
        assertThat(run.trainUntil(run.seconds() + 1e-9).steps()).isEqualTo(before + 1);
        assertThat(run.trainUntil(0).steps()).isEqualTo(before + 1);
    }

    /** Chance is 0.1, and 60 steps of Adam reach 0.8; a mean over wrong axes or unshuffled labels stays near chance. */
    @Test
    void accuracyCountsRightClasses() {
        TrainingRun run = new TrainingRun(CLASSIFIER, new Adam(1e-2), 1).trainSteps(60);

        assertThat(run.accuracy(CLASSIFIER.test())).isBetween(0.6, 1.0);
    }

    @Test
    void countsParametersAndState() {
        TrainingRun run = new TrainingRun(CLASSIFIER, new Adam(1e-2), 1);

        assertThat(run.parameters()).isEqualTo(64 * 8 + 8 + 8 * 10 + 10);
        assertThat(run.stateLength()).isEqualTo(2 * run.parameters());
    }

    @Test
    void selectionTakesTheSmallestValidationLossAndSurvivesDivergence() {
        Optimizer optimizer = new Optimizer(
                "adam",
                "Adam",
                List.of(
                        new Setting("none", new Sgd(0)),
                        new Setting("diverges", new Sgd(1e30)),
                        new Setting("good", new Adam(1e-2))));

        Selection selection = Selection.of(CLASSIFIER, optimizer, 1, run -> run.trainSteps(30));

        assertThat(selection.best().setting().label()).isEqualTo("good");
        assertThat(selection.trials())
                .extracting(trial -> trial.setting().label())
                .containsExactly("none", "diverges", "good");
        assertThat(selection.trials().get(1).validation())
                .isGreaterThan(selection.trials().get(0).validation());
    }

    @Test
    void comparisonTrainsEachContenderEquallyLong() {
        Selection selection = Selection.of(
                CLASSIFIER, new Optimizer("sgd", "SGD", List.of(new Setting("", new Sgd(0.1)))), 1, run -> {});

        Comparison comparison =
                Comparison.start(CLASSIFIER, List.of(selection, selection), 2).train(20, 10);

        assertThat(comparison.contenders())
                .allSatisfy(contender -> assertThat(contender.run().curve().values(LearningCurve.Point::step))
                        .containsExactly(0, 10, 20));
        assertThat(comparison.contenders().get(0).run().curve().values(LearningCurve.Point::test))
                .isEqualTo(comparison.contenders().get(1).run().curve().values(LearningCurve.Point::test));
        assertThatThrownBy(() -> comparison.train(20, 7))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("steps is 20 and recordEvery 7");
    }

    @Test
    void refusesAnEmptyGridAndTooFewLayers() {
        assertThatThrownBy(() -> new Optimizer("adam", "Adam", List.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("grid of optimizer Adam is empty");
        assertThatThrownBy(() -> NetworkDesign.classifier(3))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("[3]");
        assertThat(NetworkDesign.reluAutoencoder(5, 4, 2, 4, 5)).hasToString("5-4-2-4-5");
    }
}
