/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.examples.continual;

import java.util.List;
import java.util.Map;

import io.github.dl4jcurvature.ncl.EvaluationMatrix;
import io.github.dl4jcurvature.ncl.KroneckerSum;
import io.github.dl4jcurvature.ncl.TaskMetric;
import io.github.dl4jcurvature.ncl.TaskStream;
import org.deeplearning4j.nn.api.Model;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.learning.config.IUpdater;

import static org.assertj.core.api.Assertions.assertThat;

/** The choice of settings on made-up learning curves. */
class ContinualStudyTest {

    /** What is learned is a function of the setting; forgetting is worst for the best learners. */
    private record MadeUp() implements ContinualBenchmark {
        @Override
        public String name() {
            return "made up";
        }

        @Override
        public TaskStream stream(boolean validation, long seed) {
            throw new UnsupportedOperationException("runs are made up");
        }

        @Override
        public Model network(IUpdater updater, long seed) {
            throw new UnsupportedOperationException("runs are made up");
        }

        @Override
        public TaskMetric metric() {
            return TaskMetric.accuracy();
        }

        @Override
        public int batchSize() {
            return 1;
        }

        @Override
        public int iterationsPerTask() {
            return 1;
        }

        @Override
        public KroneckerSum kroneckerSum() {
            return KroneckerSum.KL;
        }

        @Override
        public int fisherExamples() {
            return 0;
        }

        @Override
        public List<Double> rates() {
            return List.of(0.1, 0.2);
        }

        @Override
        public List<Double> adaptiveRates() {
            return List.of(0.01);
        }

        @Override
        public EvaluationMatrix run(ContinualMethod method, ContinualSetting setting, boolean validation, long seed) {
            if (setting.rate() == 0.2 && setting.stability() == 100) {
                return null; // diverged
            }
            double learned = 0.9 - 0.02 * Math.log10(setting.stability() + 1) * (setting.rate() == 0.1 ? 1 : 2);
            EvaluationMatrix matrix = new EvaluationMatrix("accuracy", List.of("a", "b"));
            matrix.set(0, 0, learned);
            matrix.set(1, 0, setting.stability() > 500 ? 0 : learned);
            matrix.set(1, 1, learned);
            return matrix;
        }
    }

    /** Learning falls by 0.02 for each factor of ten: within 0.05 of the best, N = 10 000 is the most stable, and twice as fast with KFAC. */
    @Test
    void theMostStableSettingThatStillLearnsIsChosenWhateverIsForgotten() {
        ContinualStudy study = new ContinualStudy(new MadeUp(), 2);
        Map<ContinualMethod, ContinualSetting> chosen =
                study.select(List.of(ContinualMethod.NCL, ContinualMethod.KFAC, ContinualMethod.SGD));
        assertThat(chosen.get(ContinualMethod.NCL)).isEqualTo(new ContinualSetting(0.1, 10_000));
        assertThat(chosen.get(ContinualMethod.KFAC)).isEqualTo(new ContinualSetting(0.01, 1));
        assertThat(chosen.get(ContinualMethod.SGD)).isEqualTo(new ContinualSetting(0.1, 0));
        assertThat(study.trials().toString()).contains("stability 100.0", "0.000", "yes");
    }

    @Test
    void outcomesAreMeansAndSpreadsOverSeeds() {
        List<ContinualStudy.Outcome> outcomes = new ContinualStudy(new MadeUp(), 1)
                .run(Map.of(ContinualMethod.NCL, new ContinualSetting(0.1, 100)), List.of(1L, 2L));
        assertThat(outcomes).singleElement().satisfies(outcome -> {
            assertThat(outcome.matrices()).hasSize(2);
            assertThat(outcome.spread(EvaluationMatrix::average)).isZero();
        });
        assertThat(ContinualStudy.figures("", outcomes).toString()).contains("average.ncl = 0.8599", "backward.ncl = ");
    }
}
