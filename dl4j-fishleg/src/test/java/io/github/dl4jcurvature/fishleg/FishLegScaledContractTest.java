/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fishleg;

import java.util.List;

import io.github.dl4jcurvature.fisher.CurvatureListener;
import io.github.dl4jcurvature.fisher.FisherEstimator;
import io.github.dl4jcurvature.testkit.RandomMatrices;
import io.github.dl4jcurvature.testkit.UpdaterContract;
import org.deeplearning4j.nn.api.Model;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.config.IUpdater;

/** The form with the elementwise scale, sampled labels and drawn inputs honours the host's contract, too. */
class FishLegScaledContractTest extends UpdaterContract {
    @Override
    protected IUpdater updater() {
        return settings().build();
    }

    @Override
    protected Iterable<IUpdater> variants() {
        return List.of(settings().seed(9).build());
    }

    @Override
    protected void prepare(Model model) {
        INDArray inputs =
                RandomMatrices.gaussian(20, 5, 1).castTo(model.params().dataType());
        model.addListeners(new CurvatureListener().auxiliaryInputs(inputs));
    }

    private static FishLegBuilder settings() {
        return FishLegContractTest.nonDefault()
                .form(FishLeg.Form.SCALED_KRONECKER)
                .fisherMethod(FisherEstimator.Method.MONTE_CARLO)
                .auxiliarySteps(2);
    }
}
