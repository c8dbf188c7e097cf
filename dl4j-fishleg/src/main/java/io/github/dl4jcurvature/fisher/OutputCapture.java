/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fisher;

import java.util.List;

import org.deeplearning4j.nn.conf.layers.BaseOutputLayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.params.DefaultParamInitializer;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Output and RnnOutput layers: errors from the loss, which the host already applies to two-dimensional rows. */
record OutputCapture(BaseOutputLayer configuration, CapturingLoss loss) implements LossCapture {

    static OutputCapture attach(BaseOutputLayer configuration) {
        CapturingLoss loss = new CapturingLoss(configuration.getLossFn());
        configuration.setLossFn(loss);
        return new OutputCapture(configuration, loss);
    }

    @Override
    public OutputDistribution distribution(String layer) {
        return OutputDistribution.forLayer(layer, loss.delegate(), configuration.getActivationFn());
    }

    @Override
    public INDArray labelRows(INDArray labels) {
        return configuration instanceof RnnOutputLayer rnn && labels.rank() == 3
                ? Sequences.rows(Sequences.channelsFirst(labels, rnn.getRnnDataFormat()))
                : labels;
    }

    @Override
    public void recordErrors(boolean on) {
        loss.recordErrors(on);
    }

    @Override
    public List<LayerFactors> factors(LayerPass pass) {
        String bias = configuration.hasBias() ? DefaultParamInitializer.BIAS_KEY : null;
        INDArray errors = loss.error();
        INDArray inputs = configuration instanceof RnnOutputLayer rnn
                ? Sequences.rows(Sequences.channelsFirst(pass.layer().input(), rnn.getRnnDataFormat()))
                : pass.layer().input().dup();
        return List.of(LayerFactors.of(
                pass,
                List.of(DefaultParamInitializer.WEIGHT_KEY),
                bias,
                inputs.castTo(errors.dataType()), // [rows, nIn]
                errors,
                1,
                loss.validRows()));
    }
}
