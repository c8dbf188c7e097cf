/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.examples.equations;

import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;

import io.github.dl4jcurvature.samediff.MatrixEquations;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.TrainingConfig;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.adapter.SingletonDataSetIterator;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.schedule.ExponentialSchedule;
import org.nd4j.linalg.schedule.ScheduleType;

/**
 * A stable linear state-space model fitted to the covariances of sequences.
 *
 * <p>\(x_{t+1} = A x_t + w_t\), \(y_t = C x_t + v_t\), with \(\operatorname{cov} w = L L^\top\), diagonal \(\operatorname{cov} v\).
 * The stationary covariance P solves \(P - A P A^\top = L L^\top\); \(C P C^\top + \operatorname{cov} v\) and \(C A P C^\top\) are
 * fitted to the covariances of y at lags 0 and 1. A is M over \(\sqrt{1 + \|M\|_F^2}\), so that it is stable whatever M.
 */
public final class StateSpaceFit {
    private final SameDiff graph = SameDiff.create();
    private final SingletonDataSetIterator data;

    /**
     * Creates the model.
     *
     * @param states number of states
     * @param covariance of the outputs, shape [outputs, outputs]
     * @param lagged covariance of \(y_{t+1}\) with \(y_t\), same shape
     * @param seed of the initial parameters
     */
    public StateSpaceFit(int states, INDArray covariance, INDArray lagged, long seed) {
        int outputs = covariance.rows();
        SplittableRandom random = new SplittableRandom(seed);
        SDVariable m = graph.var("M", GaussianMatrix.of(states, states, 1, random));
        SDVariable factor = graph.var("L", GaussianMatrix.of(states, states, 1, random));
        SDVariable c = graph.var("C", GaussianMatrix.of(outputs, states, 0.3, random));
        SDVariable noise = graph.var("noise", GaussianMatrix.of(outputs, 1, 0.3, random));
        SDVariable norm = graph.math.sqrt(m.mul(m).sum().add(1));
        SDVariable a = m.div("A", norm);
        SDVariable p = MatrixEquations.discreteLyapunov(graph, a, factor.mmul(graph.transpose(factor)));
        SDVariable cT = graph.transpose(c);
        SDVariable identity = graph.constant("identity", Nd4j.eye(outputs).castTo(DataType.DOUBLE));
        SDVariable zero = c.mmul(p).mmul(cT).add("lag0", identity.mul(noise.mul(noise)));
        SDVariable one = c.mmul(a).mmul(p).mmul(cT).mul("lag1", 1);
        SDVariable wanted0 = graph.placeHolder("wanted0", DataType.DOUBLE, outputs, outputs);
        SDVariable wanted1 = graph.placeHolder("wanted1", DataType.DOUBLE, outputs, outputs);
        SDVariable loss = graph.math
                .squaredDifference(zero, wanted0)
                .sum()
                .add(graph.math.squaredDifference(one, wanted1).sum());
        loss.rename("loss");
        graph.setLossVariables("loss");
        graph.setTrainingConfig(TrainingConfig.builder()
                .updater(new Adam(new ExponentialSchedule(ScheduleType.ITERATION, 0.02, 0.999)))
                .dataSetFeatureMapping("wanted0")
                .dataSetLabelMapping("wanted1")
                .build());
        data = new SingletonDataSetIterator(new DataSet(covariance, lagged));
    }

    /**
     * Takes steps of Adam.
     *
     * @param steps how many
     */
    public void fit(int steps) {
        graph.fit(data, steps);
    }

    /**
     * How well the model's covariances match some others.
     *
     * @param covariance at lag 0
     * @param lagged at lag 1
     * @return Frobenius distance relative to the norm of what is given, both lags together
     */
    public double mismatch(INDArray covariance, INDArray lagged) {
        Map<String, INDArray> model = graph.output(Map.of(), "lag0", "lag1");
        return Covariances.distance(
                Objects.requireNonNull(model.get("lag0")),
                Objects.requireNonNull(model.get("lag1")),
                covariance,
                lagged);
    }
}
